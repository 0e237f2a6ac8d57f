/** Endpoints and resolvers in the VPC. */
import { siteAddressProblems } from "../../limits/connectivity.ts";
import { vpcProblems, zoneCidrs } from "../../limits/network.ts";
import {
  forwardProblems,
  resolverAddressesProblems,
  resolverZonesProblems,
} from "../../limits/private-connectivity/resolvers.ts";
import { problemIf, repetitions } from "../../limits/problem.ts";
import { mapValues } from "../../records.ts";
import type { Rule } from "./rule.ts";

const endpoints: Rule = ({ network, privateEndpoints: { services = [], zones = [] } = {} }) => [
  ...repetitions("privateEndpoints.services", services),
  ...repetitions("privateEndpoints.zones", zones),
  ...zones.flatMap((zone) =>
    problemIf(!network.zones.includes(zone), {
      field: "privateEndpoints.zones",
      value: zone,
      rule: `must be one of network.zones (${network.zones.join(", ")}): the VPC has subnets only there`,
      remedy: "choose one of them, or add the zone to network.zones",
    }),
  ),
];

const resolvers: Rule = ({ network: { cidr, zones }, site, resolver: { inbound, outbound } }) => {
  // Without subnets, no address can be compared with them.
  const isDivided = vpcProblems("network", cidr, zones).length === 0;
  const ranges = isDivided
    ? mapValues(zoneCidrs("network", cidr, zones), ({ private: range }) => range)
    : undefined;
  return [
    ...(inbound || outbound ? resolverZonesProblems("network.zones", zones) : []),
    ...(inbound?.addresses && ranges
      ? resolverAddressesProblems("resolver.inbound.addresses", inbound.addresses, ranges)
      : []),
    ...(outbound ? forwardProblems("resolver.outbound.forward", outbound.forward) : []),
    ...Object.entries(outbound?.forward ?? {}).flatMap(([domain, servers]) =>
      servers.flatMap((server) =>
        siteAddressProblems(`resolver.outbound.forward.${domain}`, server, {
          name: "site.cidr",
          cidr: site.cidr,
        }),
      ),
    ),
  ];
};

export const privateConnectivityRules: readonly Rule[] = [endpoints, resolvers];
