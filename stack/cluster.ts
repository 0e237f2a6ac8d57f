import { Cluster } from "../components/cluster/cluster.ts";
import type { HybridConfig } from "../config/schema.ts";
import { containerInsightsOf, nodesOf } from "../config/views.ts";
import { mapValues } from "../records.ts";

/** Builds the ECS cluster, with an activation for each node. */
export function buildCluster(config: Pick<HybridConfig, "cluster" | "hosts" | "privateEndpoints">): Cluster {
  const { existing, keyArn, logRetentionDays } = config.cluster;
  const nodes = mapValues(nodesOf(config), ({ reinstalled }, name) => ({
    reinstalled,
    formerly: config.hosts[name]?.formerly,
  }));
  const s3Endpoint = config.privateEndpoints?.services.includes("s3");
  const common = { keyArn, s3Endpoint, nodes };
  const own = { ...common, containerInsights: containerInsightsOf(config), logRetentionDays };
  return new Cluster("cluster", existing ? { ...common, existing } : own);
}
