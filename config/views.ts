/** What follows from a configuration: for the rules, and for the program that carries it out. */
import type { NamedRange } from "../limits/addresses.ts";
import { portsOf } from "../limits/service/host-ports.ts";
import type { HybridConfig, LoadBalancerConfig, NetworkConfig, NodeConfig, ServiceConfig } from "./schema.ts";

/** Ranges of the site or of the VPC, as the stack file has them. */
interface Ranges {
  readonly cidr: string;
  readonly secondaryCidrs: readonly string[];
}

/** Returns all ranges of the site or of the VPC; `cidr` is the first. */
export function cidrsOf({ cidr, secondaryCidrs }: Ranges): readonly string[] {
  return [cidr, ...secondaryCidrs];
}

/** Returns the site's ranges with their fields. */
export function siteRanges({ site }: Pick<HybridConfig, "site">): readonly NamedRange[] {
  return namedRanges("site", site);
}

/** Returns the VPC's ranges with their fields. */
export function vpcRanges({ network }: Pick<HybridConfig, "network">): readonly NamedRange[] {
  return namedRanges("network", network);
}

function namedRanges(field: string, { cidr, secondaryCidrs }: Ranges): readonly NamedRange[] {
  return [
    { name: `${field}.cidr`, cidr },
    ...secondaryCidrs.map((range, i) => ({ name: `${field}.secondaryCidrs.${i}`, cidr: range })),
  ];
}

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

/** Returns the field that says in which zones the VPC has subnets. */
export function zonesFieldOf({ existing }: Pick<NetworkConfig, "existing">): string {
  return existing ? "network.existing.privateSubnetIds" : "network.zones";
}

/** Returns the zones in which an internet-facing load balancer can be; empty without public subnets. */
export function publicZonesOf(network: NetworkConfig): readonly string[] {
  if (network.existing) return Object.keys(network.existing.publicSubnetIds ?? {});
  return network.publicSubnets ? network.zones : [];
}

/** Returns the Container Insights of a cluster of the stack's own. An existing cluster has its own setting. */
export function containerInsightsOf({ cluster }: Pick<HybridConfig, "cluster">) {
  return cluster.containerInsights ?? "enabled";
}

/** Returns the ARNs that a service reads: of its secrets, and of its registry's credentials. Parameters by name have none here. */
export function secretArnsOf({
  secrets,
  registryCredentials,
}: Pick<ServiceConfig, "secrets" | "registryCredentials">): readonly string[] {
  return [...Object.values(secretArnsByVariable({ secrets })), registryCredentials ?? []].flat();
}

/** Returns the ARNs of a service's secrets, by environment variable. */
export function secretArnsByVariable({
  secrets,
}: Pick<ServiceConfig, "secrets">): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([variable, secret]) => {
      const arn = typeof secret === "string" ? secret : secret.secretArn;
      return arn.startsWith("arn:") ? [[variable, arn]] : [];
    }),
  );
}
