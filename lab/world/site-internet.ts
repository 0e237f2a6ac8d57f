/** The site's way to the internet, which its router may cut: for the hosts, not for the laptop. */
import { run } from "./run.ts";
import { endpoints, internet, site } from "./topology.ts";

export const internets = ["fallback", "never"] as const;
/** As the stack's `site.internet`: with `never` the router lets the hosts reach the two VPN endpoints, and nothing else. */
export type SiteInternet = (typeof internets)[number];

const table = "ip homecut";
const vpn = `{ ${endpoints.map(({ address }) => address).join(", ")} }`;

/**
 * IKE and ESP in UDP pass, and nothing else in either direction, also of connections that stand. Before the router's
 * own rules: what these would let through is gone by then.
 */
export const cutRules = `
add table ${table}
delete table ${table}
table ${table} {
  chain hcut {
    type filter hook forward priority filter - 1; policy accept;
    ip saddr ${site.laptop} accept
    ip daddr ${site.laptop} accept
    iifname "home" oifname "wan*" ip daddr ${vpn} udp dport { 500, 4500 } accept
    iifname "wan*" oifname "home" ip saddr ${vpn} udp sport { 500, 4500 } accept
    iifname "home" oifname "wan*" counter drop
    iifname "wan*" oifname "home" counter drop
  }
}
`;

const restoreRules = `add table ${table}\ndelete table ${table}\n`;

/** Cuts the hosts off, or gives them the internet back; at once, and as often as wanted. */
export async function setSiteInternet(mode: SiteInternet): Promise<void> {
  await run(["nft", "-f", "-"], { netns: internet, input: mode === "never" ? cutRules : restoreRules });
}
