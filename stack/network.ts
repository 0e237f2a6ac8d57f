import { type InternetArgs, Network } from "../components/network/network.ts";
import type { HybridConfig, NetworkConfig } from "../config/schema.ts";

/** Builds the VPC with its subnets. */
export function buildNetwork({ network }: Pick<HybridConfig, "network">): Network {
  const { cidr, secondaryCidrs, zones, flowLogs } = network;
  return new Network("network", { cidr, secondaryCidrs, zones, flowLogs, ...internetOf(network) });
}

/** Returns public subnets and NAT gateways in the one form that each combination has. */
function internetOf({ publicSubnets, natGateways }: NetworkConfig): InternetArgs {
  return publicSubnets ? { publicSubnets, natGateways } : { publicSubnets, natGateways: "none" };
}
