/** DNS names as certificates and private hosted zones have them. */

/** Whether one of the names is the host, or stands for it: `*.` stands for everything below. */
export const covers = (names: readonly string[], host: string): boolean =>
  names.some((name) => name === host || (name.startsWith("*.") && host.endsWith(name.slice(1))));
