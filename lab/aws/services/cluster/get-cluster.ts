/** ECS: a cluster that exists. API reference: DescribeClusters. */
import { z } from "zod";
import { dataSource } from "../../data-source.ts";
import { cluster } from "./cluster.ts";

const args = z.object({ clusterName: z.string() });

export const getCluster = dataSource("aws:ecs/getCluster:getCluster", (aws, given) => {
  const { clusterName } = args.parse(given);
  const arn = aws.arn("ecs", `cluster/${clusterName}`);
  const found = cluster.get(aws, arn);
  // The provider's own words: ECS answers with no cluster, and a failure MISSING.
  if (!found) throw new Error(`reading ECS Cluster (${clusterName}): empty result`);
  const { instances, tasks } = aws.runtime.ecs;
  const count = (status: string) =>
    Object.values(tasks).filter((t) => t.clusterArn === arn && t.lastStatus === status).length;
  return {
    id: arn,
    arn,
    clusterName,
    region: aws.region,
    status: "ACTIVE",
    pendingTasksCount: count("PENDING"),
    runningTasksCount: count("RUNNING"),
    registeredContainerInstancesCount: Object.values(instances).filter(
      (i) => i.clusterArn === arn && i.status !== "INACTIVE",
    ).length,
    serviceConnectDefaults: [],
    settings: found.outputs.settings,
    tags: found.inputs.tags ?? {},
  };
});
