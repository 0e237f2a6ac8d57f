import * as pulumi from "@pulumi/pulumi";
import { describe } from "../limits/problem.ts";
import { type Counted, quotaWarnings, usesOf } from "../limits/quotas.ts";

export interface Quotas {
  /** Warns of each quota that the stack exceeds alone, once all resources have been registered. */
  readonly warn: () => void;
}

/** Counts the stack's resources. Call it before the first one. */
export function countResources(): Quotas {
  const counted: Counted[] = [];
  pulumi.runtime.registerStackTransformation(({ type, name, props }) => {
    counted.push({ type, name, inputs: props });
    return undefined;
  });
  return {
    warn: () => {
      for (const problem of quotaWarnings(usesOf(counted))) void pulumi.log.warn(describe(problem));
    },
  };
}
