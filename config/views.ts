/** What follows from a configuration: for the rules, and for the program that carries it out. */
import { portsOf } from "../limits/service/host-ports.ts";
import type { HybridConfig, LoadBalancerConfig, NodeConfig, ServiceConfig } from "./schema.ts";

/** Returns the nodes of the cluster, by their key in `hosts`; without dead ones. */
export function nodesOf({ hosts }: Pick<HybridConfig, "hosts">): Readonly<Record<string, NodeConfig>> {
  return Object.fromEntries(
    Object.entries(hosts).flatMap(([name, { node, dead }]) => (node && !dead ? [[name, node]] : [])),
  );
}

/** Returns the ports of a node by which a load balancer can reach a service. */
export function tcpPortsOf({ network }: Pick<ServiceConfig, "network">): readonly number[] {
  return portsOf(network).flatMap(({ protocol, port }) => (protocol === "tcp" ? [port] : []));
}

/** Returns the host port behind a load balancer: the one that it names, or the service's only one; else undefined. */
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
