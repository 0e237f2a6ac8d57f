import type * as pulumi from "@pulumi/pulumi";
import { retentionProblems } from "../../limits/observability.ts";
import { throwIfAny } from "../../limits/problem.ts";
import { validated } from "./validated.ts";

/** Returns the name of a log group of a cluster. The cluster's key encrypts the log groups with this prefix and no others. */
export function clusterLogGroup(clusterName: string, name: string): string {
  return `/ecs/${clusterName}/${name}`;
}

/**
 * Returns the number of days, once CloudWatch Logs is known to take it.
 *
 * @param field path of the argument, for the error
 * @throws RunError when CloudWatch Logs does not take the number
 */
export function logRetention(field: string, days: pulumi.Input<number>): pulumi.Input<number> {
  return validated(days, (plain) => throwIfAny(retentionProblems(field, plain)));
}
