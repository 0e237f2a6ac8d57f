import type { Script } from "../../step.ts";
import {
  daemonUnit,
  firewallUnit,
  interfacesOf,
  programs,
  sizes,
  type VpnGatewayArgs,
  watchdogUnit,
} from "./args.ts";
import { nftTable, ruleComment } from "./firewall.ts";
import { sysctls, usesVti } from "./sysctl.ts";
import { heldFile } from "./watchdog.ts";

/**
 * Both tunnels carry traffic. On the kernel path that is proven for each tunnel alone: the watchdog pings AWS's inside
 * address through it, and the answers show in the counter of its CHILD_SA. On the userspace path that is not asked for,
 * since AWS does not say whether it answers the site there (docs/decisions/vpn-watchdog.md); but there IKE and ESP share
 * one flow, UDP 4500, so that a CHILD_SA that IKE_AUTH made and DPD (every 3 s, gone within 7.4 s) keeps is one whose
 * path carries packets both ways, on AWS as in any lab.
 */
export function verifyScript(args: VpnGatewayArgs): Script {
  const { mss } = sizes[args.dataPath];
  const rules = interfacesOf(args).length * 2;
  const daemon = daemonUnit[args.format];
  const other = daemonUnit[args.format === "ipsec.conf" ? "swanctl.conf" : "ipsec.conf"];
  return `
for unit in ${daemon} ${firewallUnit} ${watchdogUnit}; do [ -e "$ROOT/etc/systemd/system/multi-user.target.wants/$unit" ]; done
[ ! -e "$ROOT/etc/systemd/system/multi-user.target.wants/${other}" ]
# One call, and the one that asks systemd for least. Of the daemon that must not run, there may be no unit at all.
states=$(systemctl is-active ${daemon} ${firewallUnit} ${watchdogUnit} ${other}) || :
{ read -r first && read -r second && read -r third && read -r last; } <<END
$states
END
[ "$first $second $third" = "active active active" ]
[ "$last" != active ]
${Object.entries(sysctls(args))
  .map(([key, value]) => check(`"$ROOT"/proc/sys/${key.replaceAll(".", "/")}`, value))
  .join("\n")}
holds() { case $1 in *"$2"*) ;; *) return 1 ;; esac; }
# How often TEXT holds PART, in $count; without a process.
count_of() {
  count=0 rest=$1
  while holds "$rest" "$2"; do rest=\${rest#*"$2"} count=$((count + 1)); done
}
count_of "$(nft list table ${nftTable})" 'maxseg size set ${mss}'
[ "$count" = ${rules} ]
if command -v iptables >/dev/null; then
  count_of "$(iptables -w -S FORWARD 2>/dev/null)" '--comment ${ruleComment} -j ACCEPT'
  [ "$count" = ${rules} ]
fi
${args.dataPath === "kernel" ? `routes=$(ip -4 route show ${args.vpcCidr})\n` : ""}# Read, not run: a shell less.
# shellcheck disable=SC1090,SC1091
tunnels=$(. "$ROOT${programs}/vpn-status")
while read -r tunnel state ${args.dataPath === "kernel" ? "bytes _" : "_"}; do
  [ "$state" = installed ]
${args.dataPath === "kernel" ? kernelVerify(args) : ""}  fact "$tunnel" UP
done <<END
$tunnels
END
${args.dataPath === "kernel" ? "" : userspaceVerify(args)}fact dataPath ${args.dataPath}
fact mss ${mss}
`;
}

const kernelVerify = (
  args: VpnGatewayArgs,
): Script => `  holds "$(ip -d link show dev "$tunnel" up)" " ${usesVti(args) ? "vti" : "xfrm"} "
  # The watchdog holds the route of a tunnel that failed until it has answered for a while.
  [ -e "$ROOT${heldFile("$tunnel")}" ] || holds "$routes" "dev $tunnel "
  [ "$bytes" -gt 0 ]
`;

const userspaceVerify = (args: VpnGatewayArgs): Script => `ways=$(ip -4 -batch - <<END
rule show
route show table 220 ${args.vpcCidr}
END
)
holds "$ways" "lookup 220"
holds "$ways" "dev ipsec"
`;

const check = (path: string, value: string): Script =>
  path.includes("*")
    ? `for setting in ${path}; do read -r value <"$setting" && [ "$value" = ${value} ]; done`
    : `read -r value <${path} && [ "$value" = ${value} ]`;
