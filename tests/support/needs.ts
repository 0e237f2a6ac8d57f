/** Tests that ask more of the machine than Node: where it is missing they are left out, and `npm test` says so at its end. */
import { appendFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";

/**
 * Whether the tests of this file are to be skipped.
 * @param missing what they need and is not here
 * @param remedy how it gets here
 * @throws in CI, where nothing may be left out
 */
export function isLeftOut(missing: readonly string[], remedy: string): boolean {
  if (missing.length === 0) return false;
  if (process.env.CI) throw new Error(`CI: ${missing.join(", ")}: must be there; ${remedy}`);
  const note = process.env.LEFT_OUT_NOTE;
  const file = relative(process.cwd(), fileURLToPath(test.meta.file));
  if (note !== undefined) appendFileSync(note, `${file} (no ${missing.join(", no ")}; ${remedy})\n`);
  return true;
}

/** Of what only the lab brings. */
export const byLab = "as root on Linux, run `npm run lab` once";
