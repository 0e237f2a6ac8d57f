import { Cluster } from "../components/cluster/cluster.ts";
import type { HybridConfig } from "../config/schema.ts";
import { nodesOf } from "../config/views.ts";
import { mapValues } from "../records.ts";

/** Builds the ECS cluster, with an activation for each node. */
export function buildCluster(config: Pick<HybridConfig, "cluster" | "hosts" | "privateEndpoints">): Cluster {
  const { containerInsights, logRetentionDays } = config.cluster;
  const nodes = mapValues(nodesOf(config), ({ reinstalled }, name) => ({
    reinstalled,
    formerly: config.hosts[name]?.formerly,
  }));
  const s3Endpoint = config.privateEndpoints?.services.includes("s3");
  return new Cluster("cluster", { containerInsights, logRetentionDays, s3Endpoint, nodes });
}
