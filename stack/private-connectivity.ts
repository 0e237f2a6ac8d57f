import type * as pulumi from "@pulumi/pulumi";
import type { VpcNetwork } from "../components/network/vpc-network.ts";
import { InboundResolver } from "../components/private-connectivity/inbound-resolver.ts";
import { OutboundResolver } from "../components/private-connectivity/outbound-resolver.ts";
import { PrivateEndpoints } from "../components/private-connectivity/private-endpoints.ts";
import type { HybridConfig } from "../config/schema.ts";
import { cidrsOf, secretArnsOf } from "../config/views.ts";
import { pick } from "../records.ts";

/** AWS's services and names at private addresses, if the stack has them. */
export interface PrivateConnectivity {
  readonly endpoints?: PrivateEndpoints | undefined;
  readonly inboundResolver?: InboundResolver | undefined;
  readonly outboundResolver?: OutboundResolver | undefined;
  /** The holders of fixed addresses: a resource that takes any free address of the private subnets waits for them. */
  readonly fixedAddresses: pulumi.Resource[];
}

/** Builds the endpoints and the resolvers that the stack asks for. */
export function buildPrivateConnectivity(
  config: Pick<HybridConfig, "network" | "site" | "privateEndpoints" | "resolver" | "services">,
  network: Pick<VpcNetwork, "vpcId" | "cidrs" | "privateSubnets" | "s3Gateway">,
): PrivateConnectivity {
  const { vpcId, privateSubnets } = network;
  const { inbound, outbound } = config.resolver;
  const siteCidrs = cidrsOf(config.site);
  const inboundResolver =
    inbound &&
    new InboundResolver("inbound-resolver", { ...inbound, vpcId, siteCidrs, subnets: privateSubnets });
  const fixedAddresses = inbound?.addresses && inboundResolver ? [inboundResolver] : [];

  const endpoints =
    config.privateEndpoints &&
    new PrivateEndpoints(
      "endpoints",
      {
        vpcId,
        vpcCidrs: network.cidrs,
        siteCidrs,
        subnets: pick(privateSubnets, config.privateEndpoints.zones ?? config.network.zones),
        services: config.privateEndpoints.services,
        s3Gateway: network.s3Gateway,
        secretArns: Object.values(config.services).flatMap(secretArnsOf),
        field: "privateEndpoints",
      },
      { dependsOn: fixedAddresses },
    );
  const outboundResolver =
    outbound &&
    new OutboundResolver(
      "outbound-resolver",
      { ...outbound, vpcId, subnets: privateSubnets },
      { dependsOn: fixedAddresses },
    );
  return { endpoints, inboundResolver, outboundResolver, fixedAddresses };
}
