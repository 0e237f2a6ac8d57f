import { isIPv4 } from "node:net";
import { loadTable, loadTableAgain } from "../nftables.ts";
import { ipv4Range, refuse } from "../refuse.ts";
import type { OwnedFile, Script, Step } from "../step.ts";
import { type EgressFirewallArgs, nftPath, nftRules, nftTable } from "./egress-firewall/rules.ts";

export type { EgressFirewallArgs, WayToVpc } from "./egress-firewall/rules.ts";

const unit = "ecs-anywhere-hybrid-egress-firewall.service";
const load = loadTable(nftPath);

/**
 * `site.internet: never` on a node: the node and its containers reach the site and, by the gateway or the tunnels, the
 * VPC; everything else is refused at once and counted. Also for IPv6, of which only the link and unique local addresses
 * remain. A table of its own in nftables (nft(8)), loaded before the network is up and whenever nftables.service, which
 * flushes all tables, was started, reloaded or stopped. Under the dead man's switch.
 *
 * Facts: `mode` (`gateway` or `tunnels`), `rejectedFromHost` and `rejectedFromContainers` (packets since it was loaded).
 *
 * @throws Error of four parts when a value is no IPv4 range or address
 */
export function egressFirewall(args: EgressFirewallArgs): Step {
  check(args);
  return {
    name: "egress-firewall",
    files: files(args),
    prepare: "command -v nft >/dev/null || install_packages nftables",
    validate: `[ ! -e "$STAGE${nftPath}" ] || run nft -c -f "$STAGE${nftPath}"`,
    apply,
    verify: verify(args),
    explain: `nft list table ${nftTable}; systemctl --no-pager --lines 5 status ${unit}`,
    undo,
    deadMansSwitchSeconds: 60,
  };
}

function check({ siteCidr, vpcCidr, via }: EgressFirewallArgs): void {
  for (const [field, value] of Object.entries({ "site.cidr": siteCidr, "network.cidr": vpcCidr }))
    if (!ipv4Range.test(value)) refuse(field, value, "must be an IPv4 range", "write it as 10.0.0.0/16");
  const addresses = via.kind === "gateway" ? [via.address] : via.addresses;
  for (const address of addresses)
    if (!isIPv4(address))
      refuse(
        "site.gateway",
        address,
        "must be an IPv4 address",
        "take it from the host or the VPN connection",
      );
}

const files = (args: EgressFirewallArgs): readonly OwnedFile[] => [
  { path: nftPath, mode: "644", content: nftRules(args) },
  {
    path: `/etc/systemd/system/${unit}`,
    mode: "644",
    // No ExecStop: neither a shutdown nor a stop opens the way out while the network is up.
    content: `[Unit]
Description=Nothing but the site and the VPC can be reached
DefaultDependencies=no
RequiresMountsFor=/etc /usr
After=nftables.service
Wants=network-pre.target
Before=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${load}
ExecReload=${load}

[Install]
WantedBy=sysinit.target
`,
  },
  loadTableAgain("egress", nftPath),
];

/**
 * Reload replaces the table in one step; a restart would leave a gap. What the running table must be is what nft makes of
 * the file in a network namespace of its own: the same words, in any version.
 */
const apply: Script = `
# Has systemd read all units anew, too.
run systemctl --quiet enable ${unit}
run systemctl reload-or-restart ${unit}
unshare -n sh -c 'nft -f "$0" && nft -s list table ${nftTable}' "$ROOT${nftPath}" >"$STATE/table"
`;

const verify = ({ via }: EgressFirewallArgs): Script => `
systemctl --quiet is-enabled ${unit}
systemctl --quiet is-active ${unit}
running=$(nft -s list table ${nftTable})
[ -e "$STATE/table" ] || exit 1
[ "$running" = "$(cat "$STATE/table")" ] ||
  fail "nft table ${nftTable}" "changed by hand" "must be as ${nftPath} has it" "run pulumi up again"
rejected() { nft list counter ${nftTable} "$1" | sed -n 's/.*packets \\([0-9]*\\).*/\\1/p'; }
fact mode ${via.kind}
fact rejectedFromHost "$(rejected host_rejected)"
fact rejectedFromContainers "$(rejected containers_rejected)"
`;

const undo: Script = `
systemctl stop ${unit} 2>/dev/null || :
rm -f "$ROOT/etc/systemd/system/sysinit.target.wants/${unit}"
rmdir "$ROOT/etc/systemd/system/sysinit.target.wants" 2>/dev/null || :
systemctl daemon-reload
systemctl reset-failed ${unit} 2>/dev/null || :
if command -v nft >/dev/null; then
  nft delete table ${nftTable} 2>/dev/null || :
else
  say "no nft to take the rules away with: reboot the host, and they are gone"
fi
remove_packages
`;
