/**
 * Joins a Step with the converge program (`converge/*.sh`) into the text that a host's `sh -s` reads from stdin. Pure:
 * the same step gives the same text.
 */
import { readFileSync } from "node:fs";
import { allFiles, primitiveItems, primitiveProblems } from "./primitives.ts";
import { refuse } from "./refuse.ts";
import type { OwnedFile, Script, Step } from "./step.ts";

const part = (name: string) => readFileSync(new URL(`converge/${name}.sh`, import.meta.url), "utf8");

const kinds = ["file", "edit", "sysctl", "table", "unit", "memory"].map((kind) => `kinds/${kind}`);
const library = ["base", "manifest", "items", ...kinds, "change", "switch", "kinds/package"]
  .map(part)
  .join("\n");
const main = part("main");
const start = part("sudo");

/** The text as one word of a POSIX shell, whatever it holds. The only place where text becomes shell. */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const words = (...texts: readonly string[]) => texts.map(quote).join(" ");

const scripts = ["detect", "require", "prepare", "validate", "apply", "verify", "explain", "undo"] as const;

const define = (name: string, script: Script | undefined) =>
  `step_${name}() {\n${script === undefined ? ":" : script.trimEnd()}\n}\n`;

const item = (...fields: readonly string[]) => `item ${words(...fields)}\n`;

const file = ({ path, mode, content }: OwnedFile) => item("file", octal(mode), "", content, path);

/** As `stat` prints it. */
const octal = (mode: string) => mode.replace(/^0+(?=\d)/, "");

/** @throws RunError when no host could carry the step out */
function check(step: Step): void {
  const bad = (field: string, value: string, rule: string) =>
    refuse(`${step.name}.${field}`, JSON.stringify(value), rule, "correct the step's renderer");
  if (!/^[a-z][a-z0-9-]*$/.test(step.name)) bad("name", step.name, "must be of a-z, 0-9 and -");
  for (const [value, rule] of primitiveProblems(step)) bad("primitives", value, rule);
  const seen = new Set<string>();
  for (const { path, mode, content } of allFiles(step)) {
    if (!/^(\/(?!\.{1,2}(\/|$))[^/\n\t\0]+)+$/.test(path)) bad("path", path, "must be absolute and normal");
    if (seen.has(path)) bad("files", path, "must name a file once");
    seen.add(path);
    if (!/^[0-7]{3,4}$/.test(mode)) bad(`files[${path}].mode`, mode, "must be octal, such as 644");
    // The content may be a secret: it stays out of the error.
    if (!content.endsWith("\n")) bad("files", path, "its content must end in a newline");
    if (content.includes("\0")) bad("files", path, "its content must be text, without NUL");
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

/** What a step's text takes besides the step. */
export interface ProgramOptions {
  /** The configuration field that an error about the host's user names. Default `user`. */
  readonly field?: string;
  /** A folder that stands for the host's root: for tests. */
  readonly root?: string;
  /**
   * Who carries the step out, such as project, stack and host: another one who undoes it later changes nothing. Default:
   * ownership is not looked at.
   */
  readonly owner?: string;
}

/** The program as root's shell gets it; `converge`, `undo` or `revert` is its first argument. */
export function rootProgram(step: Step, { root = "", owner = "" }: ProgramOptions = {}): string {
  check(step);
  if (!/^[\w:./@+-]*$/.test(owner))
    refuse(
      `${step.name}.owner`,
      JSON.stringify(owner),
      "must be of letters, digits and ._-/:@+",
      "correct the caller",
    );
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
    library,
    `redact() {\n:\n${secrets.map((secret) => `hide ${quote(secret)}\n`).join("")}}`,
    `step_items() {\n:\n${allFiles(step).map(file).join("")}${primitiveItems(step)
      .map((fields) => item(...fields))
      .join("")}}`,
    ...scripts.map((name) => define(name, step[name])),
    ...Object.entries(step.variables ?? {}).map(
      ([name, value]) => `${name}=${quote([value].flat().join("\n"))}`,
    ),
    ...(step.script === undefined ? [] : [step.script]),
    main,
  ].join("\n");
}

/**
 * The text for `sh -s -- converge` or `sh -s -- undo` on a host: becomes root with sudo and runs the program there. Its
 * stdout is one line of JSON, a StepResult; all else goes to stderr; the exit status is 0 or 1.
 *
 * @throws RunError when no host could carry the step out
 */
export function program(step: Step, options: ProgramOptions = {}): string {
  const { field = "user", root = "" } = options;
  return [
    `step=${step.name}`,
    `field=${quote(field)}`,
    `root=${quote(root)}`,
    `program=${quote(rootProgram(step, options))}`,
    start,
  ].join("\n");
}
