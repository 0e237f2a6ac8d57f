/**
 * CloudWatch Container Insights, as far as it leaves something: AWS itself creates the log group of a cluster's performance
 * events, and deletes it with nothing. CloudWatch user guide: "Container Insights performance log events".
 */
import { z } from "zod";
import type { Account, Resource } from "../account.ts";
import { cluster } from "../services/cluster/cluster.ts";
import { logGroup } from "../services/observability/log-group.ts";

const settings = z.array(z.object({ name: z.string(), value: z.string() })).catch([]);

const hasInsights = ({ outputs }: Resource<unknown>): boolean =>
  settings
    .parse(outputs.settings)
    .some(({ name, value }) => name === "containerInsights" && value !== "disabled");

/** Creates the log groups of clusters that have container instances to report on. */
export function createInsightsGroups(aws: Account): void {
  for (const own of cluster.all(aws).filter(hasInsights)) {
    const name = `/aws/ecs/containerinsights/${own.inputs.name}/performance`;
    const instances = Object.values(aws.runtime.ecs.instances).some((i) => i.clusterArn === own.id);
    if (instances && !logGroup.get(aws, name)) aws.runtime.logs[name] ??= {};
  }
}
