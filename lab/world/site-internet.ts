/** The site's internet access, which its router may cut for the hosts, but not for the laptop. */
import { run } from "./run.ts";
import { endpoints, internet, site } from "./topology.ts";

export const internets = ["fallback", "never"] as const;
/** Like the stack's `site.internet`: with `never` the router lets the hosts reach only the two VPN endpoints. */
export type SiteInternet = (typeof internets)[number];

const table = "ip homecut";
const vpn = `{ ${endpoints.map(({ address }) => address).join(", ")} }`;

/**
 * Only IKE and ESP in UDP pass in either direction, even in open connections. These rules come before
 * the router's own, so that those cannot let other packets through.
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

/** Cuts the hosts off from the internet, or reconnects them; takes effect at once, any number of times. */
export async function setSiteInternet(mode: SiteInternet): Promise<void> {
  await run(["nft", "-f", "-"], { netns: internet, input: mode === "never" ? cutRules : restoreRules });
}
