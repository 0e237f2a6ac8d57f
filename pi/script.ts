/** Loads the shell files of the steps, as text. */

import { globSync, readFileSync } from "node:fs";
import { quote } from "./quote.ts";
import type { Step } from "./step.ts";

const folder = new URL("steps/", import.meta.url);
const texts = new Map<string, string>();
/** The files of a text that `script` made. */
const filesByText = new Map<string, readonly string[]>();

/** Returns the text of one shell file, relative to `pi/steps/`. */
export function read(file: string): string {
  const known = texts.get(file) ?? readFileSync(new URL(file, folder), "utf8");
  texts.set(file, known);
  return known;
}

/**
 * Returns the text of shell files, one after the other.
 *
 * @param files relative to `pi/steps/`, such as `docker.sh`
 */
export function script(...files: readonly string[]): string {
  const text = files.map(read).join("\n");
  filesByText.set(text, files);
  return text;
}

/** Returns the files of a text that `script` made: a host that has them is sent their names. Undefined for other texts. */
export const filesOf = (text: string): readonly string[] | undefined => filesByText.get(text);

/** Returns all shell files of the steps, relative to `pi/steps/`, in alphabetical order. */
export const allScripts = (): readonly string[] =>
  globSync("**/*.sh", { cwd: folder.pathname })
    .filter((file) => file !== "automation-key.sh")
    .sort();

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

/** Returns the assignments of a step's or a program's variables, one per line. */
export const header = (variables: NonNullable<Step["variables"]>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${quote([value].flat().join("\n"))}\n`)
    .join("");
