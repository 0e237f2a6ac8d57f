/**
 * Joins a Step with the converge program (`converge/*.sh`) into the text that a host's `sh -s` reads from stdin. Pure:
 * the same step gives the same text.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fail, type RuleText } from "../limits/problem.ts";
import { allFiles, primitiveItems, primitiveProblems } from "./primitives.ts";
import { hereDocument, quote } from "./quote.ts";
import { header as assignments, filesOf, read } from "./script.ts";
import type { OwnedFile, Script, Step } from "./step.ts";

export { quote } from "./quote.ts";

const part = (name: string) => readFileSync(new URL(`${name}.sh`, import.meta.url), "utf8");

const kinds = ["file", "edit", "sysctl", "table", "unit", "memory"].map((kind) => `kinds/${kind}`);
const beforeStep = ["base", "manifest", "items", ...kinds, "change", "switch", "kinds/package"]
  .map((name) => part(`converge/${name}`))
  .join("\n");
const load = part("program/load");
const main = part("converge/main");

/**
 * Returns the user's half of a text, which ends the user's shell: becomes root, and runs what is on stdin in root's shell.
 *
 * @param before shell that runs first, and may use `as_root`
 */
export const becomeRoot = (before = ""): string =>
  `${part("program/as-root")}${before}${part("program/start")}`;

const words = (...texts: readonly string[]) => texts.map(quote).join(" ");

const scripts = ["detect", "require", "prepare", "validate", "apply", "verify", "explain", "undo"] as const;

const item = (...fields: readonly string[]) => `item ${words(...fields)}\n`;

const file = ({ path, mode, content }: OwnedFile) => item("file", octal(mode), "", content, path);

/** As `stat` prints it. */
const octal = (mode: string) => mode.replace(/^0+(?=\d)/, "");

/** @throws RunError when no host could carry the step out */
function check(step: Step): void {
  const bad = (field: string, value: string, rule: RuleText) =>
    fail(`${step.name}.${field}`, JSON.stringify(value), rule, "correct the step's renderer");
  if (!/^[a-z][a-z0-9-]*$/.test(step.name)) bad("name", step.name, "must consist of a-z, 0-9 and -");
  if (step.verify === undefined && !/^step_verify\(\) /m.test(step.script ?? ""))
    bad("verify", "", "must be given, here or as step_verify of the script");
  for (const [value, rule] of primitiveProblems(step)) bad("primitives", value, rule);
  const seen = new Set<string>();
  for (const { path, mode, content } of allFiles(step)) {
    if (!/^(\/(?!\.{1,2}(\/|$))[^/\n\t\0]+)+$/.test(path)) bad("path", path, "must be absolute and normal");
    if (seen.has(path)) bad("files", path, "must name a file once");
    seen.add(path);
    if (!/^[0-7]{3,4}$/.test(mode)) bad(`files[${path}].mode`, mode, "must be octal, such as 644");
    // The content may be a secret: it stays out of the error.
    if (!content.endsWith("\n")) bad("files", path, "must end in a newline");
    if (content.includes("\0")) bad("files", path, "must be text, without NUL");
  }
  const { deadMansSwitchSeconds, settleSeconds = defaultSettleSeconds } = step;
  if (deadMansSwitchSeconds !== undefined && deadMansSwitchSeconds < settleSeconds + 15) {
    bad(
      "deadMansSwitchSeconds",
      `${deadMansSwitchSeconds}`,
      `must be at least settleSeconds + 15, ${settleSeconds + 15}`,
    );
  }
}

const defaultSettleSeconds = 15;

/** Returns the library, which follows a step's header and ends in `main`. Its scripts are these files of `steps/`. */
export function library(files: readonly string[]): string {
  const branches = files.map((file) => `${file})\n${read(file)}\n;;\n`);
  const scripts = `step_script() {\ncase $1 in\n${branches.join("")}*) return 1 ;;\nesac\n}\n`;
  return [beforeStep, scripts, load, main].join("\n");
}

/** What a step's header takes besides the step. */
export interface HeaderOptions {
  /** The step's owner, `project/stack/host`: an undo by another owner changes nothing. Default: ownership is not checked. */
  readonly owner?: string;
  /** A folder that replaces the host's root in tests. */
  readonly root?: string;
}

/**
 * Returns what belongs to the step alone, as shell; the library carries it out. The step's script is named by its files
 * and its hash; a script that was not loaded from files is part of the header.
 *
 * @throws RunError when no host could carry the step out
 */
export function stepHeader(step: Step, { owner = "", root = "" }: HeaderOptions = {}): string {
  check(step);
  if (!/^[\w:./@+-]*$/.test(owner))
    fail(
      `${step.name}.owner`,
      JSON.stringify(owner),
      "must consist of letters, digits and ._-/:@+",
      "correct the caller",
    );
  const { script } = step;
  const files = script === undefined ? [] : filesOf(script);
  const secrets = (step.secrets ?? [])
    .flatMap((secret) => secret.split("\n"))
    .filter((line) => line.length > 0);
  return [
    `ROOT=${quote(root)}`,
    `STEP=${step.name}`,
    `OWNER=${quote(owner)}`,
    `SETTLE=${step.settleSeconds ?? defaultSettleSeconds}`,
    `SWITCH=${step.deadMansSwitchSeconds ?? 0}`,
    `NEEDS_REBOOT=${step.needsReboot ? "yes" : ""}`,
    `SCRIPTS=${quote(files?.join(" ") ?? "")}`,
    "step_data() {",
    ":",
    ...group("redact", secrets.map((secret) => `hide ${quote(secret)}\n`).join("")),
    ...group(
      "step_items",
      allFiles(step)
        .map(file)
        .concat(primitiveItems(step).map((fields) => item(...fields)))
        .join(""),
    ),
    ...scripts.flatMap((name) => group(`step_${name}`, step[name])),
    assignments(step.variables ?? {}),
    ...(script !== undefined && files === undefined ? [script] : []),
    "}",
    ...(script !== undefined && files !== undefined ? [`# Script: ${sha256(script)}`] : []),
    "",
  ].join("\n");
}

const group = (name: string, script: Script | undefined) =>
  script ? [`${name}() {\n${script.trimEnd()}\n}`] : [];

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** What a step's text takes besides the step. */
export interface ProgramOptions extends HeaderOptions {
  /** The configuration field that an error about the host's user names. Default: `user`. */
  readonly field?: string;
  /** A changed token changes the step's text, so that the step is sent again. */
  readonly rerunToken?: string;
}

/** Returns the program as root's shell gets it; `converge`, `undo` or `revert` is its first argument. */
export function rootProgram(step: Step, options: HeaderOptions = {}): string {
  const files = step.script === undefined ? undefined : filesOf(step.script);
  return `${stepHeader(step, options)}${library(files ?? [])}`;
}

/**
 * Returns the text for `sh -s -- converge` or `sh -s -- undo` on a host without the program: becomes root with sudo and
 * runs the whole program there. Its stdout is one line of JSON, a StepResult; all else goes to stderr; the exit status is 0
 * or 1.
 *
 * @throws RunError when no host could carry the step out
 */
export const program = (step: Step, options: ProgramOptions = {}): string =>
  asRoot(step.name, rootProgram(step, options), options);

/** Returns the text for a host's `sh -s` that becomes root with sudo, and runs this text in root's shell. */
export const asRoot = (step: string, text: string, options: ProgramOptions = {}): string =>
  // In braces, so that nothing of a truncated text runs.
  `{\n${setting(step, options)} program=\n{\n${becomeRoot()}} ${hereDocument(text)}}\n`;

/** Returns a comment for the end of a text, which a raised token changes. */
export const rerun = ({ rerunToken }: ProgramOptions): string =>
  rerunToken === undefined ? "" : `# Again: ${rerunToken}\n`;

/** Returns the assignments that the user's half of a text begins with. */
export const setting = (step: string, { field = "user", root = "" }: ProgramOptions): string =>
  `step=${step} field=${quote(field)} root=${quote(root)}`;
