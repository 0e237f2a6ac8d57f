/** Endpoints and resolvers in the VPC. */
import { contains } from "../../limits/addresses.ts";
import { vpcProblems, zoneCidrs } from "../../limits/network.ts";
import {
  forwardProblems,
  resolverAddressesProblems,
  resolverZonesProblems,
} from "../../limits/private-connectivity/resolvers.ts";
import { namedOnce, problemIf } from "../../limits/problem.ts";
import { mapValues } from "../../records.ts";
import type { Rule } from "./rule.ts";

const endpoints: Rule = ({ network, privateEndpoints: { services = [], zones = [] } = {} }) => [
  ...namedOnce("privateEndpoints.services", services),
  ...namedOnce("privateEndpoints.zones", zones),
  ...zones.flatMap((zone) =>
    problemIf(!network.zones.includes(zone), {
      field: "privateEndpoints.zones",
      value: zone,
      rule: `must be one of network.zones (${network.zones.join(", ")}): there the VPC has a subnet`,
      remedy: "choose one of them, or add the zone to network.zones",
    }),
  ),
];

const resolvers: Rule = ({ network: { cidr, zones }, site, resolver: { inbound, outbound } }) => {
  // Without subnets there is nothing to say of addresses in them.
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
      servers
        .filter((server) => !contains(site.cidr, server))
        .map((server) => ({
          field: `resolver.outbound.forward.${domain}`,
          value: server,
          rule: `lies outside site.cidr ${site.cidr}: the VPC would have no route to it`,
          remedy: "name a DNS server of the site, or widen site.cidr",
        })),
    ),
  ];
};

export const privateConnectivityRules: readonly Rule[] = [endpoints, resolvers];
