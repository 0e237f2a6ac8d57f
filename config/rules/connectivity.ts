/** The tunnels, and the site's end of them. */
import { insideCidrProblems, publicAddressProblems } from "../../limits/connectivity.ts";
import type { Rule } from "./rule.ts";

const siteAddress: Rule = ({ site }) => publicAddressProblems("site.publicAddress", site.publicAddress);

const insideCidrs: Rule = ({ vpn }) => insideCidrProblems("vpn", vpn.insideCidrs);

export const connectivityRules: readonly Rule[] = [siteAddress, insideCidrs];
