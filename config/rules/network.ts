/** The VPC's range and its zones. */
import { overlap, rangeProblems } from "../../limits/addresses.ts";
import { sameTableProblems } from "../../limits/network/existing.ts";
import {
  dockerBridge,
  natProblems,
  overlapProblems,
  regionOf,
  regionProblems,
  secondaryRangesProblems,
  vpcProblems,
  vpcRoomProblems,
} from "../../limits/network.ts";
import { problemIf } from "../../limits/problem.ts";
import { takersOf } from "../views/takers.ts";
import { siteRanges, vpcRanges, zonesFieldOf } from "../views.ts";
import type { Rule } from "./rule.ts";

const ranges: Rule = (config) => {
  const { network } = config;
  const site = siteRanges(config);
  const vpc = vpcRanges(config);
  return [
    ...(network.existing
      ? vpc.flatMap(({ name, cidr }) => rangeProblems(name, cidr))
      : [
          ...vpcProblems("network", network.cidr, network.zones),
          ...secondaryRangesProblems("network", network.cidr, network.secondaryCidrs),
        ]),
    ...site.flatMap(({ name, cidr }) => rangeProblems(name, cidr)),
    ...overlapProblems(site, vpc),
  ];
};

const besideDocker: Rule = (config) =>
  [...vpcRanges(config), ...siteRanges(config)].flatMap(({ name, cidr }) =>
    problemIf(overlap(cidr, dockerBridge), {
      field: name,
      value: cidr,
      rule: `must not overlap ${dockerBridge}, the network of Docker's bridge on every node`,
      remedy: "choose another range",
    }),
  );

const rooms: Rule = (config) => {
  const { cidr, zones, existing } = config.network;
  // The ranges of subnets that are there already are compared when AWS has named them.
  const isDivided = !existing && vpcProblems("network", cidr, zones).length === 0;
  const isOfOneRegion = new Set(zones.map(regionOf)).size === 1;
  return isDivided && isOfOneRegion ? vpcRoomProblems("network", cidr, takersOf(config)) : [];
};

const zones: Rule = ({ network }, region) => regionProblems(zonesFieldOf(network), network.zones, region);

const routeTables: Rule = ({ network: { existing } }) =>
  sameTableProblems("network.existing.routeTableIds", existing?.routeTableIds ?? {});

const natGateways: Rule = ({ network }) => natProblems("network", network);

export const networkRules: readonly Rule[] = [ranges, rooms, besideDocker, zones, routeTables, natGateways];
