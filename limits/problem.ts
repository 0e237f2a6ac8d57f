/** What every refusal of this project says, and the one place that knows how it is written. */
// Not from "@pulumi/pulumi", which takes ten times as long to load: tools need nothing else of it.
import { RunError } from "@pulumi/pulumi/errors.js";

/** One thing that is wrong with what was given. */
export interface Problem {
  /** Path of the field, as its user wrote it: `hosts.pi-1.address` in a stack file, `home.zones` in a program. */
  readonly field: string;
  /** What was received; "(secret)" or "(missing)" where it must not be shown or is not there. */
  readonly value: string;
  readonly rule: RuleText;
  readonly remedy: RemedyText;
}

/** What must hold, and by whose rule: `must …` or `must not …`. */
export type RuleText = `must ${string}`;

/** What to do, as an imperative. The compiler takes no other form, and a new verb is added here. */
export type RemedyText = `${(typeof verbs)[number]} ${string}`;

const verbs = [
  ...["add", "check", "choose", "compare", "correct", "create", "fix", "forward", "give", "install", "keep"],
  ...["log", "look", "lower", "name", "push", "put", "raise", "remove", "rename", "round", "run", "set"],
  ...["shorten", "take", "write"],
] as const;

export function isRule(text: string): text is RuleText {
  return text.startsWith("must ");
}

export function isRemedy(text: string): text is RemedyText {
  return verbs.some((verb) => text.startsWith(`${verb} `));
}

/** `hosts.pi-1.address: 10.0.3.7: must lie inside site.cidr 192.168.1.0/24; …` */
export function describe({ field, value, rule, remedy }: Problem): string {
  return `${field}: ${value}: ${rule}; ${remedy}`;
}

/** Returns all problems, one line for each. */
export function describeAll(problems: readonly Problem[]): string {
  return problems.map(describe).join("\n");
}

/** Returns the problem where the rule is broken, else none. */
export function problemIf(broken: boolean, problem: Problem): readonly Problem[] {
  return broken ? [problem] : [];
}

/** @throws RunError when there are problems, with one line for each. Pulumi prints it without a stack trace. */
export function throwIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new RunError(describeAll(problems));
}

/**
 * Ends the program over a single problem.
 *
 * @param value what was given; never a secret
 * @throws RunError always
 */
export function fail(field: string, value: unknown, rule: RuleText, remedy: RemedyText): never {
  throw new RunError(describe({ field, value: String(value), rule, remedy }));
}

/** Returns the values that a list has more than once. */
export function repetitions(field: string, values: readonly string[]): readonly Problem[] {
  return [...new Set(values.filter((value, i) => values.indexOf(value) < i))].map((value) => ({
    field,
    value,
    rule: "must be named once",
    remedy: "remove the repetition",
  }));
}

/**
 * Why a value cannot refer to an entry of a record.
 *
 * @param record the record as its user knows it, for example `hosts`
 */
export function keyProblems(
  field: string,
  value: string,
  record: string,
  entries: Readonly<Record<string, unknown>>,
): readonly Problem[] {
  const keys = Object.keys(entries);
  return problemIf(!keys.includes(value), {
    field,
    value,
    rule: `must be a key of \`${record}\``,
    remedy: keys.length > 0 ? `choose one of ${keys.join(", ")}` : `add it to \`${record}\``,
  });
}
