import * as pulumi from "@pulumi/pulumi";

/** One thing that is wrong with what the user said: the four parts of every error of this project. */
export interface Problem {
  /** Path of the field, as in the stack file: `hosts.pi-1.address`. */
  readonly field: string;
  /** What was received; "(secret)" or "(missing)" where it is not to be shown or not there. */
  readonly value: string;
  readonly rule: string;
  readonly remedy: string;
}

/** `hosts.pi-1.address: 10.0.3.7: must lie inside site.cidr 192.168.1.0/24; …` */
export function describe({ field, value, rule, remedy }: Problem): string {
  return `${field}: ${value}: ${rule}; ${remedy}`;
}

/**
 * Everything that is wrong at once, a line each, so that one run suffices to mend a stack file. A RunError: the
 * engine prints its text without a stack trace.
 */
export class InvalidInput extends pulumi.RunError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(describe).join("\n"));
    this.problems = problems;
  }
}
