import * as pulumi from "@pulumi/pulumi";
import {
  OnPremLoadBalancer,
  type OnPremLoadBalancerArgs,
} from "../components/load-balancing/on-prem-load-balancer.ts";
import type { VpcNetwork } from "../components/network/vpc-network.ts";
import type { HybridConfig } from "../config/schema.ts";
import { cidrsOf, nodesOf, targetPort } from "../config/views.ts";
import { plainTextProblems } from "../limits/load-balancing.ts";
import { describe, fail } from "../limits/problem.ts";
import { eligibleNodes } from "../limits/service/placement.ts";
import { mapValues, pick, takeOver } from "../records.ts";
import type { PrivateConnectivity } from "./private-connectivity.ts";

/** Builds the load balancers in front of the services, by their key. They wait for no node: AWS's health checks find it. */
export function buildLoadBalancers(
  config: Pick<HybridConfig, "site" | "hosts" | "services" | "loadBalancers">,
  network: Pick<VpcNetwork, "vpcId" | "cidrs" | "privateSubnetIds" | "publicSubnetIds">,
  { fixedAddresses }: Pick<PrivateConnectivity, "fixedAddresses">,
): Readonly<Record<string, OnPremLoadBalancer>> {
  warnOfPlainText(config.loadBalancers);
  return mapValues(
    config.loadBalancers,
    (loadBalancer, name) =>
      new OnPremLoadBalancer(
        name,
        {
          ...loadBalancer,
          ...backendOf(config, name),
          vpcId: network.vpcId,
          vpcCidrs: network.cidrs,
          siteCidrs: cidrsOf(config.site),
          subnetIds: loadBalancer.scheme === "internal" ? network.privateSubnetIds : network.publicSubnetIds,
        },
        { dependsOn: fixedAddresses, ...takeOver(name, loadBalancer) },
      ),
  );
}

/**
 * Warns of what the internet reaches without TLS. The text belongs to no resource: Pulumi's SDK would hold it, and all
 * later ones, until that exists.
 */
function warnOfPlainText(loadBalancers: HybridConfig["loadBalancers"]): void {
  for (const [name, loadBalancer] of Object.entries(loadBalancers)) {
    for (const problem of plainTextProblems(`loadBalancers.${name}`, loadBalancer)) {
      void pulumi.log.warn(describe(problem));
    }
  }
}

/**
 * Returns the port that the balancer's service takes on a node, and the nodes that can run the service.
 *
 * @throws RunError when the service has no such port; the rules of config/ refuse that before
 */
function backendOf(
  config: Pick<HybridConfig, "hosts" | "services" | "loadBalancers">,
  name: string,
): Pick<OnPremLoadBalancerArgs, "hostPort" | "targets"> {
  const loadBalancer = config.loadBalancers[name];
  const service = loadBalancer && config.services[loadBalancer.service];
  const hostPort = service && targetPort(loadBalancer, service);
  if (!service || hostPort === undefined) {
    return fail(
      `loadBalancers.${name}.service`,
      loadBalancer?.service,
      "must have a TCP host port for the load balancer",
      "give the service one",
    );
  }
  return { hostPort, targets: pick(config.hosts, eligibleNodes(nodesOf(config), service.placement)) };
}
