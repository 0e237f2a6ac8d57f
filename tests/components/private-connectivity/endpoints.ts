import { Network } from "../../../components/network/network.ts";
import {
  PrivateEndpoints,
  type PrivateEndpointsArgs,
} from "../../../components/private-connectivity/private-endpoints.ts";
import type { EndpointService } from "../../../limits/private-connectivity/endpoint-services.ts";

export const zones = ["us-east-1a", "us-east-1b"];

/** Endpoints `private` in a network. */
export function endpointsIn(
  network: Network,
  services: readonly EndpointService[],
  more: Partial<PrivateEndpointsArgs> = {},
) {
  return new PrivateEndpoints("private", {
    vpcId: network.vpcId,
    vpcCidrs: network.cidrs,
    siteCidrs: ["192.168.1.0/24"],
    subnets: network.privateSubnets,
    services,
    ...more,
  });
}

/** Endpoints `private` in a network `home`. */
export function endpoints(services: readonly EndpointService[], more: Partial<PrivateEndpointsArgs> = {}) {
  const network = new Network("home", { cidr: "10.0.0.0/16", zones });
  return endpointsIn(network, services, { s3Gateway: network.s3Gateway, ...more });
}
