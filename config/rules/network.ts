/** The VPC's and the tunnels' ranges, and the zones. */
import { overlap, rangeProblems } from "../../components/shared/addresses.ts";
import { when } from "../../components/shared/errors.ts";
import { natProblems, regionProblems, vpcProblems } from "../../components/shared/subnets.ts";
import { insideCidrProblems } from "../../components/site-vpn/tunnel-rules.ts";
import type { Rule } from "./rule.ts";

const ranges: Rule = ({ network, site }) => [
  ...vpcProblems("network", network.cidr, network.zones),
  ...rangeProblems("site.cidr", site.cidr),
  ...when(overlap(network.cidr, site.cidr), {
    field: "site.cidr",
    value: site.cidr,
    rule: `overlaps network.cidr ${network.cidr}: no route could tell the site from the VPC`,
    remedy: "choose another range for one of them",
  }),
];

const zones: Rule = ({ network }, region) => regionProblems("network", network.zones, region);

const natGateways: Rule = ({ network }) => natProblems("network", network);

const insideCidrs: Rule = ({ vpn }) => insideCidrProblems("vpn", vpn.insideCidrs);

export const networkRules: readonly Rule[] = [ranges, zones, natGateways, insideCidrs];
