import { getRegionOutput } from "@pulumi/aws/getRegion.js";
import * as pulumi from "@pulumi/pulumi";
import { arnRegionProblems } from "../../limits/load-balancing.ts";
import { type Problem, throwIfAny } from "../../limits/problem.ts";
import { validated } from "../shared/validated.ts";

/**
 * Returns the ARN, once it is known to be of the right form and of the Region of its load balancer.
 *
 * @param field path of the argument, for the error
 * @throws RunError when a plain ARN has another form; what is known only in the Output is checked there
 */
export function inRegion(
  parent: pulumi.Resource,
  field: string,
  arn: pulumi.Input<string>,
  formProblems: (field: string, arn: string) => readonly Problem[],
): pulumi.Output<string> {
  const { region } = getRegionOutput({}, { parent });
  const formed = validated(arn, (plain) => throwIfAny(formProblems(field, plain)));
  return pulumi.all([formed, region]).apply(([plain, here]) => {
    throwIfAny(arnRegionProblems(field, plain, here));
    return plain;
  });
}
