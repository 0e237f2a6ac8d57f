/**
 * Fails with what a system test finds missing on this machine, since a skipped test would prove nothing.
 * @param missing what the test needs and does not find
 * @param remedy how to install it
 */
export function need(missing: readonly string[], remedy: string): void {
  if (missing.length > 0) throw new Error(`${missing.join(", ")}: must be there; ${remedy}`);
}

/** The remedy for what only the lab installs. */
export const byLab = "as root on Linux, run `npm run lab` once, then `npm run test:system`";
