/**
 * Says what a system test finds missing on this machine: a test that is left out would prove nothing.
 * @param missing what it needs and is not here
 * @param remedy how it gets here
 */
export function need(missing: readonly string[], remedy: string): void {
  if (missing.length > 0) throw new Error(`${missing.join(", ")}: must be there; ${remedy}`);
}

/** Of what only the lab brings. */
export const byLab = "as root on Linux, run `npm run lab` once, then `npm run test:system`";
