import type * as pulumi from "@pulumi/pulumi";
import { ExternalService, type ServiceCluster } from "../components/service/external-service.ts";
import { stackPrefix } from "../components/shared/tags.ts";
import type { HybridConfig, ServiceConfig } from "../config/schema.ts";
import { nodesOf } from "../config/views.ts";
import { parseArn } from "../limits/arn.ts";
import { mapValues, takeOver } from "../records.ts";

/**
 * Builds the services on the nodes, by their key.
 *
 * @param ready exist once the nodes are in the cluster: a service waits for its tasks, and so for the nodes
 */
export function buildServices(
  config: Pick<HybridConfig, "cluster" | "hosts" | "services">,
  cluster: ServiceCluster,
  ready: readonly pulumi.Resource[],
): Readonly<Record<string, ExternalService>> {
  const nodes = nodesOf(config);
  const { existing, logRetentionDays } = config.cluster;
  // Plain, so that `keep` knows the names of the log groups when they are registered.
  const named = { ...cluster, clusterName: existing?.name ?? stackPrefix() };
  return mapValues(
    config.services,
    (service, name) =>
      new ExternalService(
        name,
        { ...service, policies: policiesByName(service), cluster: named, nodes, logRetentionDays },
        { dependsOn: [...ready], ...takeOver(name, service) },
      ),
  );
}

/** Returns the policies by what tells them apart: `aws-AmazonS3ReadOnlyAccess`, `123456789012-read-photos`. */
function policiesByName({ policies }: Pick<ServiceConfig, "policies">): Readonly<Record<string, string>> {
  return Object.fromEntries(
    policies.map((arn) => {
      const { account = "", resource = "" } = parseArn(arn) ?? {};
      return [[account, ...resource.split("/").slice(1)].join("-"), arn];
    }),
  );
}
