/** The VPC's range and its zones. */
import { overlap, rangeProblems } from "../../limits/addresses.ts";
import {
  dockerBridge,
  natProblems,
  overlapProblems,
  regionProblems,
  secondaryRangesProblems,
  vpcProblems,
} from "../../limits/network.ts";
import { problemIf } from "../../limits/problem.ts";
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

const zones: Rule = ({ network }, region) => regionProblems(zonesFieldOf(network), network.zones, region);

const natGateways: Rule = ({ network }) => natProblems("network", network);

export const networkRules: readonly Rule[] = [ranges, besideDocker, zones, natGateways];
