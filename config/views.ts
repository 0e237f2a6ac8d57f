/** What follows from a configuration, as pure functions: used by the rules, and by the program that carries it out. */
import type { HybridConfig, LoadBalancerConfig, NodeConfig, ServiceConfig } from "./schema.ts";

/** The hosts that are nodes of the cluster and still exist, by their key. */
export function nodesOf({ hosts }: Pick<HybridConfig, "hosts">): Readonly<Record<string, NodeConfig>> {
  return Object.fromEntries(
    Object.entries(hosts).flatMap(([name, { node, dead }]) => (node && !dead ? [[name, node]] : [])),
  );
}

/** `tcp/8080` for each port of a node that a service takes. */
export function hostPortsOf({ network }: Pick<ServiceConfig, "network">): readonly string[] {
  switch (network.mode) {
    case "bridge":
      return network.ports.map(({ host, protocol }) => `${protocol}/${host}`);
    case "host":
      return network.ports.map((port) => `tcp/${port}`);
    case "none":
      return [];
  }
}

/** The host port behind a load balancer: the one it names, or the service's only one; undefined if there is none. */
export function targetPort(
  loadBalancer: Pick<LoadBalancerConfig, "hostPort">,
  service: Pick<ServiceConfig, "network">,
): number | undefined {
  const tcp = hostPortsOf(service).flatMap((port) =>
    port.startsWith("tcp/") ? [Number(port.slice(4))] : [],
  );
  if (loadBalancer.hostPort !== undefined) {
    return tcp.includes(loadBalancer.hostPort) ? loadBalancer.hostPort : undefined;
  }
  return tcp.length === 1 ? tcp[0] : undefined;
}

/** The same keys with other values. */
export function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
