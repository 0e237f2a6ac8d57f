import * as pulumi from "@pulumi/pulumi";
import { retentionProblems } from "../../limits/observability.ts";
import { throwIfAny } from "../../limits/problem.ts";
import { validated } from "./validated.ts";

/** Returns the name of a log group of a cluster. The cluster's key encrypts the log groups with this prefix, and that of Container Insights. */
export function clusterLogGroup(clusterName: string, name: string): string {
  return `/ecs/${clusterName}/${name}`;
}

/** Returns the name of the log group of a service; in a preview too, where the cluster's name is plain. */
export function serviceLogGroup(clusterName: pulumi.Input<string>, service: string): pulumi.Input<string> {
  const named = (plain: string) => clusterLogGroup(plain, `services/${service}`);
  return typeof clusterName === "string" ? named(clusterName) : pulumi.output(clusterName).apply(named);
}

/**
 * Returns the name of the log group that Container Insights writes to. AWS creates it when it is missing, and never deletes it.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-reference-performance-logs-ECS.html
 */
export function insightsLogGroup(clusterName: string): string {
  return `/aws/ecs/containerinsights/${clusterName}/performance`;
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
