/** DNS names as in certificates and private hosted zones. */

/** Whether one of the names is the host or covers it: `*.` covers everything below. */
export const covers = (names: readonly string[], host: string): boolean =>
  names.some((name) => name === host || (name.startsWith("*.") && host.endsWith(name.slice(1))));
