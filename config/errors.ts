import { RunError } from "@pulumi/pulumi/errors.js";
import { describe, type Problem } from "../limits/problem.ts";

/**
 * Everything that is wrong at once, a line each, so that one run suffices to mend a stack file. A RunError: the
 * engine prints its text without a stack trace.
 */
export class InvalidInput extends RunError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(describe).join("\n"));
    this.problems = problems;
  }
}
