/** Loads the shell files of the steps, as text. */

import { readFileSync } from "node:fs";

/**
 * Returns the text of shell files, one after the other.
 *
 * @param files relative to `pi/steps/`, such as `docker.sh`
 */
export const script = (...files: readonly string[]): string =>
  files.map((file) => readFileSync(new URL(`steps/${file}`, import.meta.url), "utf8")).join("\n");
