import { ExistingNetwork } from "../components/network/existing-network.ts";
import { type InternetArgs, Network } from "../components/network/network.ts";
import type { VpcNetwork } from "../components/network/vpc-network.ts";
import type { HybridConfig, NetworkConfig } from "../config/schema.ts";

/** Builds the VPC with its subnets, or finds the one that is there. */
export function buildNetwork({
  network,
  privateEndpoints,
  resolver,
}: Pick<HybridConfig, "network" | "privateEndpoints" | "resolver">): VpcNetwork {
  const { cidr, secondaryCidrs, existing } = network;
  if (existing)
    return new ExistingNetwork("network", {
      cidr,
      secondaryCidrs,
      existing,
      privateDns: (privateEndpoints ?? resolver.inbound ?? resolver.outbound) !== undefined,
    });
  const { zones, flowLogs } = network;
  return new Network("network", { cidr, secondaryCidrs, zones, flowLogs, ...internetOf(network) });
}

/** Returns public subnets and NAT gateways in the one form that each combination has. */
function internetOf({ publicSubnets, natGateways }: NetworkConfig): InternetArgs {
  return publicSubnets ? { publicSubnets, natGateways } : { publicSubnets: false, natGateways: "none" };
}
