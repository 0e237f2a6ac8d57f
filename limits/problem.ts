/** What every refusal of this project says, and the one place that knows how it is written. */
// Not from "@pulumi/pulumi", which takes ten times as long to load: tools need nothing else of it.
import { RunError } from "@pulumi/pulumi/errors.js";

/** One thing that is wrong with what was given. */
export interface Problem {
  /** Path of the field, as its user wrote it: `hosts.pi-1.address` in a stack file, `home.zones` in a program. */
  readonly field: string;
  /** What was received; "(secret)" or "(missing)" where it must not be shown or is not there. */
  readonly value: string;
  /** What must hold, and by whose rule. */
  readonly rule: string;
  /** What to do. */
  readonly remedy: string;
}

/** `hosts.pi-1.address: 10.0.3.7: must lie inside site.cidr 192.168.1.0/24; …` */
export function describe({ field, value, rule, remedy }: Problem): string {
  return `${field}: ${value}: ${rule}; ${remedy}`;
}

/** The problem where the rule is broken, else none. */
export function problemIf(broken: boolean, problem: Problem): readonly Problem[] {
  return broken ? [problem] : [];
}

/** @throws RunError when there are problems: one line for each. Pulumi prints it without a stack trace. */
export function throwIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new RunError(problems.map(describe).join("\n"));
}

/**
 * Ends the program over a single problem.
 *
 * @param value what was given; never a secret
 * @throws RunError always
 */
export function fail(field: string, value: unknown, rule: string, remedy: string): never {
  throw new RunError(describe({ field, value: String(value), rule, remedy }));
}

/** The values that a list names more than once. */
export function namedOnce(field: string, values: readonly string[]): readonly Problem[] {
  return [...new Set(values.filter((value, i) => values.indexOf(value) < i))].map((value) => ({
    field,
    value,
    rule: "each is named once",
    remedy: "remove what is repeated",
  }));
}
