// Not from "@pulumi/pulumi", which takes ten times as long to load: tools need nothing else of it.
import { RunError } from "@pulumi/pulumi/errors.js";

/** One thing that is wrong with what was given: the four parts of every error of this project. */
export interface Problem {
  /** Path of the field, as its user wrote it: `hosts.pi-1.address` in a stack file, `home.zones` in a program. */
  readonly field: string;
  /** What was received; "(secret)" or "(missing)" where it is not to be shown or not there. */
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

export const when = (broken: boolean, problem: Problem): readonly Problem[] => (broken ? [problem] : []);

/** What is named more than once in a list that has each once. */
export function namedOnce(field: string, values: readonly string[]): readonly Problem[] {
  return [...new Set(values.filter((value, i) => values.indexOf(value) < i))].map((value) => ({
    field,
    value,
    rule: "each is named once",
    remedy: "remove what is repeated",
  }));
}

/** @throws RunError with all of the problems, a line each, if there are any */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new RunError(problems.map(describe).join("\n"));
}

/**
 * The error of a component that was given something it cannot build: which field, what it was given, the rule, the
 * remedy. A `RunError`, so that the engine prints the message without a stack trace.
 *
 * @param field the component's name and the path of the argument, for example `home.insideCidrs.tunnel1`
 * @param value what was given; never a secret
 * @param rule what must hold, and by whose rule
 * @param remedy what to do
 */
export function refusal(field: string, value: unknown, rule: string, remedy: string): RunError {
  return new RunError(describe({ field, value: String(value), rule, remedy }));
}
