import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import type { Step } from "../../pi/step.ts";

/** Content in single quotes is not shell: what it looks like does not matter. */
const notInQuotes = ["SC2016", "SC1003"];

/** A file for each text that was found good: shellcheck takes half a second for one, and says the same of it each time. */
const good = join(import.meta.dirname, "../../node_modules/.cache/shellcheck");
const version = spawnSync("shellcheck", ["--version"], { encoding: "utf8" }).stdout;

/**
 * Passes if shellcheck has nothing to say about the text as POSIX sh, and dash can read it.
 * @param exclude what shellcheck is not to look for
 */
export function isGoodShell(
  t: ExecutionContext,
  text: string,
  exclude: readonly string[] = notInQuotes,
): void {
  const args = ["-s", "sh", ...exclude.flatMap((code) => ["-e", code]), "-"];
  const key = createHash("sha256")
    .update(JSON.stringify([version, args, text]))
    .digest("hex");
  if (existsSync(join(good, key))) {
    t.pass();
    return;
  }
  const check = spawnSync("shellcheck", args, { input: text, encoding: "utf8" });
  const found = check.stdout || check.error?.message || "";
  t.is(found, "");
  const { stderr } = spawnSync("dash", ["-n"], { input: text, encoding: "utf8" });
  t.is(stderr, "");
  if (found !== "" || stderr !== "") return;
  mkdirSync(good, { recursive: true });
  writeFileSync(join(good, key), "");
}

/** What is no mistake in scripts: a file sourced on the host; variables that one script sets for another. */
const inScripts = [...notInQuotes, "SC1091", "SC2034", "SC2317"];

/** As `isGoodShell`, for every script of a step. */
export function hasGoodScripts(
  t: ExecutionContext,
  step: Step,
  exclude: readonly string[] = inScripts,
): void {
  const { detect, require, prepare, validate, apply, verify, explain, undo } = step;
  const functions = Object.entries({
    detect,
    require,
    prepare,
    validate,
    apply,
    verify,
    explain,
    undo,
  }).flatMap(([name, script]) =>
    script === undefined ? [] : [`step_${name}() {\n${script}\n}\nstep_${name}\n`],
  );
  // Variables of the program.
  isGoodShell(
    t,
    `set -eu\nROOT=''\nSTATE=''\nSTAGE=''\n_status=0\n_output=''\nexport ROOT STATE STAGE\n${functions.join("")}`,
    exclude,
  );
}
