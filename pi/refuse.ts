/** Ends a renderer that was given what no host could carry out: which field, what it was given, the rule, the remedy. */
export function refuse(field: string, value: string, rule: string, remedy: string): never {
  throw new Error(`${field}: ${value}: ${rule}; ${remedy}`);
}

/** An IPv4 range as it may stand in a file that a daemon or a shell reads. */
export const ipv4Range = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;
