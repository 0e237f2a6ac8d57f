import { isIPv4 } from "node:net";
import { ipv4Range } from "../../limits/addresses.ts";
import { fail } from "../../limits/problem.ts";
import { script } from "../script.ts";
import type { Step } from "../step.ts";
import { type EgressFirewallArgs, nftPath, nftRules, nftTable } from "./egress-firewall/rules.ts";

export type { EgressFirewallArgs, WayToVpc } from "./egress-firewall/rules.ts";

/**
 * `site.internet: never` on a node: the node and its containers reach the site and, through the gateway or the tunnels,
 * the VPC; everything else is rejected at once and counted. Also for IPv6, of which only the link and unique local
 * addresses remain. A table of nftables (nft(8)) of its own. Under the dead man's switch.
 *
 * Facts: `mode` (`gateway` or `tunnels`), `rejectedFromHost` and `rejectedFromContainers` (packets since it was loaded).
 *
 * @throws RunError when a value is not an IPv4 range or address
 */
export function egressFirewall(args: EgressFirewallArgs): Step {
  check(args);
  return {
    name: "egress-firewall",
    packages: [{ name: "nftables", unless: ["nft"] }],
    files: [{ path: nftPath, mode: "644", content: nftRules(args) }],
    tables: [{ name: nftTable, file: nftPath }],
    script: script("egress-firewall.sh"),
    variables: { TABLE: nftTable, WAY: args.via.kind },
    deadMansSwitchSeconds: 60,
  };
}

function check({ siteCidrs, vpcCidrs, via }: EgressFirewallArgs): void {
  for (const [field, values] of Object.entries({ "site.cidr": siteCidrs, "network.cidr": vpcCidrs }))
    for (const value of values)
      if (!ipv4Range.test(value)) fail(field, value, "must be an IPv4 range", "write it as 10.0.0.0/16");
  const addresses = via.kind === "gateway" ? [via.address] : via.addresses;
  for (const address of addresses)
    if (!isIPv4(address))
      fail("site.gateway", address, "must be an IPv4 address", "take it from the host or the VPN connection");
}
