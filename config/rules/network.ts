/** The VPC's range and its zones. */
import { overlap, rangeProblems } from "../../limits/addresses.ts";
import { dockerBridge, natProblems, regionProblems, vpcProblems } from "../../limits/network.ts";
import { problemIf } from "../../limits/problem.ts";
import type { Rule } from "./rule.ts";

const ranges: Rule = ({ network, site }) => [
  ...vpcProblems("network", network.cidr, network.zones),
  ...rangeProblems("site.cidr", site.cidr),
  ...problemIf(overlap(network.cidr, site.cidr), {
    field: "site.cidr",
    value: site.cidr,
    rule: `must not overlap network.cidr ${network.cidr}: no route could tell the site from the VPC`,
    remedy: "choose another range for one of them",
  }),
];

const besideDocker: Rule = ({ network, site }) =>
  Object.entries({ "network.cidr": network.cidr, "site.cidr": site.cidr }).flatMap(([field, cidr]) =>
    problemIf(overlap(cidr, dockerBridge), {
      field,
      value: cidr,
      rule: `must not overlap ${dockerBridge}, the network of Docker's bridge on every node`,
      remedy: "choose another range",
    }),
  );

const zones: Rule = ({ network }, region) => regionProblems("network", network.zones, region);

const natGateways: Rule = ({ network }) => natProblems("network", network);

export const networkRules: readonly Rule[] = [ranges, besideDocker, zones, natGateways];
