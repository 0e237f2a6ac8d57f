/** Endpoints and resolvers in the VPC. */
import { siteAddressProblems } from "../../limits/connectivity.ts";
import { groupRulesProblems, vpcProblems, zoneCidrs } from "../../limits/network.ts";
import {
  forwardProblems,
  resolverAddressesProblems,
  resolverZonesProblems,
} from "../../limits/private-connectivity/resolvers.ts";
import { problemIf, repetitions } from "../../limits/problem.ts";
import { mapValues } from "../../records.ts";
import { siteRanges, vpcRanges, zonesFieldOf } from "../views.ts";
import type { Rule } from "./rule.ts";

const endpoints: Rule = ({ network, privateEndpoints: { services = [], zones = [] } = {} }) => [
  ...repetitions("privateEndpoints.services", services),
  ...repetitions("privateEndpoints.zones", zones),
  ...zones.flatMap((zone) =>
    problemIf(!network.zones.includes(zone), {
      field: "privateEndpoints.zones",
      value: zone,
      rule: `must be one of ${zonesFieldOf(network)} (${network.zones.join(", ")}): the VPC has subnets only there`,
      remedy: `choose one of them, or add the zone to ${zonesFieldOf(network)}`,
    }),
  ),
];

const s3: Rule = ({ network, privateEndpoints }) =>
  problemIf(
    network.existing !== undefined &&
      network.existing.s3EndpointId === undefined &&
      privateEndpoints?.services.includes("s3") === true,
    {
      field: "network.existing.s3EndpointId",
      value: "(missing)",
      rule: "must be given with s3 in privateEndpoints.services: only beside a gateway endpoint, AWS gives S3's interface endpoint its private DNS name",
      remedy: "name the VPC's gateway endpoint for S3, or remove s3 from privateEndpoints.services",
    },
  );

const resolvers: Rule = (config) => {
  const { network } = config;
  const { cidr, zones } = network;
  const { inbound, outbound } = config.resolver;
  const site = siteRanges(config);
  // Without subnets, no address can be compared with them. AWS knows the ranges of subnets that are there already.
  const isDivided = !network.existing && vpcProblems("network", cidr, zones).length === 0;
  const ranges = isDivided
    ? mapValues(zoneCidrs("network", cidr, zones), ({ private: range }) => range)
    : undefined;
  return [
    ...(inbound || outbound ? resolverZonesProblems(zonesFieldOf(network), zones) : []),
    ...(inbound?.addresses && ranges
      ? resolverAddressesProblems("resolver.inbound.addresses", inbound.addresses, ranges)
      : []),
    ...(outbound ? forwardProblems("resolver.outbound.forward", outbound.forward) : []),
    ...Object.entries(outbound?.forward ?? {}).flatMap(([domain, servers]) =>
      servers.flatMap((server) => siteAddressProblems(`resolver.outbound.forward.${domain}`, server, site)),
    ),
  ];
};

/** As many rules of security groups as the components make. */
const groups: Rule = (config) => {
  const [site, vpc] = [siteRanges(config).length, vpcRanges(config).length];
  return [
    ...(config.privateEndpoints ? groupRulesProblems("site.secondaryCidrs", site + vpc) : []),
    // DNS by UDP and by TCP.
    ...(config.resolver.inbound ? groupRulesProblems("site.secondaryCidrs", 2 * site) : []),
  ];
};

export const privateConnectivityRules: readonly Rule[] = [endpoints, s3, resolvers, groups];
