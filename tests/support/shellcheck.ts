import { spawnSync } from "node:child_process";
import type { ExecutionContext } from "ava";
import type { Step } from "../../pi/step.ts";

/** Content in single quotes is not shell: what it looks like does not matter. */
const notInQuotes = ["-e", "SC2016,SC1003"];

/** Passes if shellcheck has nothing to say about the text as POSIX sh, and dash can read it. */
export function isGoodShell(t: ExecutionContext, text: string, ...options: readonly string[]): void {
  const check = spawnSync("shellcheck", ["-s", "sh", ...notInQuotes, ...options, "-"], {
    input: text,
    encoding: "utf8",
  });
  t.is(check.stdout || check.error?.message || "", "");
  t.is(spawnSync("dash", ["-n"], { input: text, encoding: "utf8" }).stderr, "");
}

/** As `isGoodShell`, for every script of a step. */
export function hasGoodScripts(t: ExecutionContext, step: Step): void {
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
  // Variables of the program; a script sourced on the host; variables that one script sets for another.
  isGoodShell(
    t,
    `ROOT=''\nSTATE=''\nSTAGE=''\nexport ROOT STATE STAGE\n${functions.join("")}`,
    "-e",
    "SC1091,SC2034,SC2317",
  );
}
