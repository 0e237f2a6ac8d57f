import { RunError } from "@pulumi/pulumi/errors.js";
import { describeAll, type Problem } from "../limits/problem.ts";

/**
 * All problems of what a user gave, one per line, so that one run suffices to correct a stack file. The engine prints a
 * RunError without a stack trace.
 */
export class InvalidInput extends RunError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(describeAll(problems));
    this.problems = problems;
  }
}
