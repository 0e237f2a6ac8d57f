/** Loads the shell files of the steps, as text. */

import { readFileSync } from "node:fs";
import { quote } from "./converge.ts";
import type { Step } from "./step.ts";

/**
 * Returns the text of shell files, one after the other.
 *
 * @param files relative to `pi/steps/`, such as `docker.sh`
 */
export const script = (...files: readonly string[]): string =>
  files.map((file) => readFileSync(new URL(`steps/${file}`, import.meta.url), "utf8")).join("\n");

/**
 * Returns the text of a program that a step installs on the host: shell files below the values that they read.
 *
 * @param variables as a step's own
 * @param files as for `script`
 */
export const hostProgram = (
  variables: NonNullable<Step["variables"]>,
  ...files: readonly string[]
): string => `#!/bin/sh
# Managed by ecs-anywhere-hybrid: changes are lost.
${header(variables)}
${script(...files)}`;

/** Returns the assignments of a step's or a program's variables, a line each. */
export const header = (variables: NonNullable<Step["variables"]>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${quote([value].flat().join("\n"))}\n`)
    .join("");
