import { ExistingNetwork } from "../components/network/existing-network.ts";
import { type InternetArgs, Network } from "../components/network/network.ts";
import type { VpcNetwork } from "../components/network/vpc-network.ts";
import type { HybridConfig, NetworkConfig } from "../config/schema.ts";
import { takersOf } from "../config/views/takers.ts";

/** Builds the VPC with its subnets, or finds the one that is there. */
export function buildNetwork(
  config: Pick<HybridConfig, "network" | "privateEndpoints" | "resolver" | "loadBalancers">,
): VpcNetwork {
  const { network } = config;
  const { cidr, secondaryCidrs, existing } = network;
  const { takes, privateDns } = usesOf(config);
  if (existing) return new ExistingNetwork("network", { cidr, secondaryCidrs, existing, takes, privateDns });
  const { zones, flowLogs } = network;
  return new Network("network", { cidr, secondaryCidrs, zones, flowLogs, takes, ...internetOf(network) });
}

/** Returns what the stack needs of a VPC: room in its subnets, private names. */
export function usesOf(
  config: Pick<HybridConfig, "network" | "privateEndpoints" | "resolver" | "loadBalancers">,
): { readonly takes: ReturnType<typeof takersOf>; readonly privateDns: boolean } {
  const { privateEndpoints, resolver } = config;
  return {
    takes: takersOf(config),
    privateDns: (privateEndpoints ?? resolver.inbound ?? resolver.outbound) !== undefined,
  };
}

/** Returns public subnets and NAT gateways in the one form that each combination has. */
function internetOf({ publicSubnets, natGateways }: NetworkConfig): InternetArgs {
  return publicSubnets ? { publicSubnets, natGateways } : { publicSubnets: false, natGateways: "none" };
}
