import { Cluster } from "../../../components/cluster/cluster.ts";
import { ExternalService, type ExternalServiceArgs } from "../../../components/service/external-service.ts";

/** The least that a service is told. */
export const args: Omit<ExternalServiceArgs, "cluster"> = {
  image: "public.ecr.aws/docker/library/redis:7",
  memoryMiB: 64,
  cpuUnits: 128,
  desiredCount: 1,
  network: { mode: "bridge", ports: [{ host: 6379, container: 6379, protocol: "tcp" }] },
  placement: { attributes: {}, distinctInstance: false },
  volumes: {},
  environment: {},
  secrets: {},
  logRetentionDays: 30,
};

/** A service `redis` on a cluster `home`. */
export const redis = (over: Partial<ExternalServiceArgs> = {}) => {
  const cluster = new Cluster("home", {
    containerInsights: "disabled",
    logRetentionDays: 30,
    nodes: { "pi-1": { reinstalled: 0 } },
  });
  return new ExternalService("redis", { cluster, ...args, ...over });
};
