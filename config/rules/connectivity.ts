/** The tunnels, and the site's end of them. */
import {
  insideCidrProblems,
  publicAddressProblems,
  siteRangesProblems,
  userspaceRangesProblems,
} from "../../limits/connectivity.ts";
import { problemIf } from "../../limits/problem.ts";
import { cidrsOf, siteRanges, vpcRanges } from "../views.ts";
import type { Rule } from "./rule.ts";

const siteAddress: Rule = ({ site }) => publicAddressProblems("site.publicAddress", site.publicAddress);

const insideCidrs: Rule = ({ vpn }) => insideCidrProblems("vpn", vpn.insideCidrs);

const siteRoutes: Rule = (config) => [
  ...siteRangesProblems("site.secondaryCidrs", siteRanges(config), config.vpn.insideCidrs),
  ...(config.vpn.dataPath === "userspace"
    ? userspaceRangesProblems("vpn.dataPath", cidrsOf(config.site), vpcRanges(config))
    : []),
];

const existingGateway: Rule = ({ network, vpn }) => [
  ...problemIf(vpn.vpnGatewayId !== undefined && vpn.shared, {
    field: "vpn.shared",
    value: "true",
    rule: "must be false with vpn.vpnGatewayId: the stack deletes no VPN gateway",
    remedy: "remove it, and set it in the stack that owns the VPN gateway",
  }),
  ...problemIf(vpn.vpnGatewayId !== undefined && !network.existing, {
    field: "vpn.vpnGatewayId",
    value: String(vpn.vpnGatewayId),
    rule: "must not be given without network.existing: a VPC that the stack creates has no VPN gateway yet",
    remedy: "remove it, or name the gateway's VPC in network.existing",
  }),
];

export const connectivityRules: readonly Rule[] = [siteAddress, insideCidrs, siteRoutes, existingGateway];
