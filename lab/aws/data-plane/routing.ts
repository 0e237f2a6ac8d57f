/** The desired addresses and routes in the namespaces of the VPC and of the VPN endpoints. Pure. */
import type { DataPath } from "../../world/data-path.ts";
import { endpoints } from "../../world/topology.ts";
import { clientOf, furtherClientOf, linkOf, resolverOf } from "../../world/vpc.ts";
import { ipsecInterface } from "../../world/vpn-endpoint.ts";
import type { DesiredNetwork } from "./contract.ts";
import type { Wanted } from "./namespace.ts";

/** `current`: the endpoint through which the VPC reaches the site; undefined while no tunnel is up. */
export function vpcSide(desired: DesiredNetwork, current: number | undefined): Wanted {
  const attached = desired.vpnConnections.map((vpn) => vpn.vpcCidr);
  const own = [
    ...desired.vpcs.flatMap(({ cidr, secondaryCidrs }) => [
      clientOf(cidr),
      resolverOf(cidr),
      ...secondaryCidrs.map(furtherClientOf),
    ]),
    ...desired.loadBalancers.flatMap((balancer) => balancer.addresses),
    ...[...desired.endpoints, ...desired.resolvers].flatMap((endpoint) =>
      endpoint.addresses.map(({ address }) => address),
    ),
  ];
  const links = endpoints.map(({ number }) => [
    `vgw${number}`,
    attached.map((cidr) => `${linkOf(cidr, number).vpc}/30`),
  ]);
  const toSites = desired.vpnConnections.flatMap(({ siteCidrs, vpcCidr }) =>
    siteCidrs.map((cidr) => [cidr, current === undefined ? "blackhole" : linkOf(vpcCidr, current).endpoint]),
  );
  return {
    addresses: { lo: own.map((address) => `${address}/32`), ...Object.fromEntries(links) },
    routes: {
      ...Object.fromEntries(
        desired.vpcs.flatMap(({ cidr, secondaryCidrs }) =>
          [cidr, ...secondaryCidrs].map((range) => [range, "blackhole"]),
        ),
      ),
      ...Object.fromEntries(toSites),
    },
  };
}

/**
 * AWS's end of each tunnel answers at its inside address. In user space, kernel-libipsec makes the routes to the site;
 * where the kernel encrypts, the routes lead to the tunnels' interface.
 */
export function endpointSide(
  desired: DesiredNetwork,
  number: number,
  outsideAddress: string,
  dataPath: DataPath,
): Wanted {
  const tunnels = desired.vpnConnections.flatMap((vpn) =>
    vpn.tunnels.filter((t) => t.outsideAddress === outsideAddress).map((tunnel) => ({ vpn, tunnel })),
  );
  return {
    addresses: {
      lo: tunnels.map(({ tunnel }) => `${tunnel.vgwInsideAddress}/32`),
      vpc: tunnels.map(({ vpn }) => `${linkOf(vpn.vpcCidr, number).endpoint}/30`),
    },
    routes: Object.fromEntries([
      ...tunnels.flatMap(({ vpn }) =>
        [vpn.vpcCidr, ...vpn.vpcSecondaryCidrs].map((range) => [range, linkOf(vpn.vpcCidr, number).vpc]),
      ),
      ...(dataPath === "userspace"
        ? []
        : tunnels.flatMap(({ vpn, tunnel }) =>
            [...vpn.siteCidrs, tunnel.insideCidr].map((cidr) => [cidr, `dev ${ipsecInterface.name}`]),
          )),
    ]),
  };
}
