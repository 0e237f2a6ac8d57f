/** The tunnels, and the site's end of them. */
import {
  insideCidrProblems,
  publicAddressProblems,
  siteRangesProblems,
  userspaceRangesProblems,
} from "../../limits/connectivity.ts";
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

export const connectivityRules: readonly Rule[] = [siteAddress, insideCidrs, siteRoutes];
