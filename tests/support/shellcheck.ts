import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { header } from "../../pi/script.ts";
import type { Step } from "../../pi/step.ts";

/** Content in single quotes is not shell, so its form does not matter. */
const notInQuotes = ["SC2016", "SC1003"];

/** A file for each text that passed: shellcheck takes half a second per text, and its result is always the same. */
const good = join(import.meta.dirname, "../../node_modules/.cache/shellcheck");
const version = spawnSync("shellcheck", ["--version"], { encoding: "utf8" }).stdout;

/**
 * Passes if shellcheck finds nothing in the text as dash's sh, which is POSIX's with `local`, and dash can parse it.
 * @param exclude the checks that shellcheck skips
 */
export function isGoodShell(
  t: ExecutionContext,
  text: string,
  exclude: readonly string[] = notInQuotes,
): void {
  const args = ["-s", "dash", ...exclude.flatMap((code) => ["-e", code]), "-"];
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

/**
 * Findings that are not mistakes in scripts: a file sourced on the host; variables that one script sets for another.
 */
const inScripts = [...notInQuotes, "SC1091", "SC2034", "SC2317"];

/** Like `isGoodShell`, for every script of a step. */
export function hasGoodScripts(
  t: ExecutionContext,
  step: Step,
  exclude: readonly string[] = inScripts,
): void {
  const { detect, require, prepare, validate, apply, verify, explain, undo, script, variables = {} } = step;
  const inFile = new Set(functionsOf(script ?? ""));
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
    script === undefined || inFile.has(`step_${name}`)
      ? []
      : [`step_${name}() {\n${script}\n}\nstep_${name}\n`],
  );
  const own = script === undefined ? [] : [header(variables), script, ...callsOf(script)];
  // Variables of the program.
  isGoodShell(
    t,
    `set -eu\nROOT=''\nSTATE=''\nSTAGE=''\n_status=0\n_output=''\nexport ROOT STATE STAGE\n${[...functions, ...own].join("")}`,
    exclude,
  );
  const taken = [...namesOf(script ?? ""), ...Object.keys(variables)].filter((name) => converges.has(name));
  t.deepEqual(taken, [], "names of the converge program");
  t.deepEqual(twice([...functionsOf(library), ...functionsOf(script ?? "")]), [], "functions defined twice");
}

/** The calls that converge would make to the script's functions. */
const callsOf = (script: string) =>
  functionsOf(script).flatMap((name) => (/^step_/.test(name) ? [`${name}\n`] : []));

const functionsOf = (text: string) => [...text.matchAll(/^([a-z_0-9]+)\(\)/gm)].map(([, name = ""]) => name);

/** Functions, and variables that hold for the whole program. */
const namesOf = (text: string) => [
  ...functionsOf(text),
  ...[...text.matchAll(/^ *([A-Z][A-Z_0-9]*)=/gm)].map(([, name = ""]) => name),
];

const twice = (names: readonly string[]) => names.filter((name, i) => names.indexOf(name) < i);

const converge = join(import.meta.dirname, "../../pi/converge");
/** The converge program's own files. */
const library = globSync("**/*.sh", { cwd: converge })
  .map((file) => readFileSync(join(converge, file), "utf8"))
  .join("\n");
/** Names that a step must not use for its own functions and variables. */
const converges = new Set(namesOf(library));
