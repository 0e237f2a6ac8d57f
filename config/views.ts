/** What follows from a configuration, as pure functions: used by the rules, and by the program that carries it out. */

import { portsOf } from "../limits/service/host-ports.ts";
import type { HybridConfig, LoadBalancerConfig, NodeConfig, ServiceConfig } from "./schema.ts";

/** The hosts that are nodes of the cluster and still exist, by their key. */
export function nodesOf({ hosts }: Pick<HybridConfig, "hosts">): Readonly<Record<string, NodeConfig>> {
  return Object.fromEntries(
    Object.entries(hosts).flatMap(([name, { node, dead }]) => (node && !dead ? [[name, node]] : [])),
  );
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
