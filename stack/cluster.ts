import { Cluster } from "../components/cluster/cluster.ts";
import type { HybridConfig } from "../config/schema.ts";
import { nodesOf } from "../config/views.ts";

/** Builds the ECS cluster, with an activation for each node. */
export function buildCluster(config: Pick<HybridConfig, "cluster" | "hosts">): Cluster {
  const { containerInsights, logRetentionDays } = config.cluster;
  return new Cluster("cluster", { containerInsights, logRetentionDays, nodes: nodesOf(config) });
}
