/** What follows from a configuration, as pure functions: used by the rules, and by the program that carries it out. */

import { portsOf } from "../limits/service/host-ports.ts";
import { eligibleNodes } from "../limits/service/placement.ts";
import type { HybridConfig, LoadBalancerConfig, NetworkConfig, NodeConfig, ServiceConfig } from "./schema.ts";

/** The hosts that are nodes of the cluster and still exist, by their key. */
export function nodesOf({ hosts }: Pick<HybridConfig, "hosts">): Readonly<Record<string, NodeConfig>> {
  return Object.fromEntries(
    Object.entries(hosts).flatMap(([name, { node, dead }]) => (node && !dead ? [[name, node]] : [])),
  );
}

/** Public subnets, and NAT gateways in them, in the one form that each combination has. */
export function internetOf({ publicSubnets, natGateways }: NetworkConfig) {
  return publicSubnets
    ? { publicSubnets: true as const, natGateways }
    : { publicSubnets: false as const, natGateways: "none" as const };
}

/** The ports of a node that a load balancer can reach a service by. */
export function tcpPortsOf({ network }: Pick<ServiceConfig, "network">): readonly number[] {
  return portsOf(network).flatMap(({ protocol, port }) => (protocol === "tcp" ? [port] : []));
}

/** The host port behind a load balancer: the one it names, or the service's only one; undefined if there is none. */
export function targetPort(
  loadBalancer: Pick<LoadBalancerConfig, "hostPort">,
  service: Pick<ServiceConfig, "network">,
): number | undefined {
  const tcp = tcpPortsOf(service);
  if (loadBalancer.hostPort !== undefined) {
    return tcp.includes(loadBalancer.hostPort) ? loadBalancer.hostPort : undefined;
  }
  return tcp.length === 1 ? tcp[0] : undefined;
}

/**
 * What stands behind a load balancer: the port that its service takes on a node, and the nodes that can run it.
 *
 * @throws Error when there is none; the rules have refused such a configuration
 */
export function backendOf(
  config: Pick<HybridConfig, "hosts" | "services">,
  loadBalancer: Pick<LoadBalancerConfig, "service" | "hostPort">,
): { readonly hostPort: number; readonly targets: Readonly<Record<string, { readonly address: string }>> } {
  const service = config.services[loadBalancer.service];
  const hostPort = service && targetPort(loadBalancer, service);
  if (!service || hostPort === undefined) {
    throw new Error(`services.${loadBalancer.service}: no TCP host port for a load balancer`);
  }
  const eligible = eligibleNodes(nodesOf(config), service.placement);
  const targets = Object.entries(config.hosts).filter(([name]) => eligible.includes(name));
  return { hostPort, targets: Object.fromEntries(targets) };
}
