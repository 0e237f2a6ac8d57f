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
 * Both tunnels carry traffic: the watchdog pings AWS's inside address through each of them, and the answers show in the
 * counter of its CHILD_SA. On the kernel path that is asked for. On the userspace path AWS does not say whether it answers
 * the site there (docs/decisions/vpn-watchdog.md), so it is waited for a moment, and a fact says what was seen; but there
 * IKE and ESP share one flow, UDP 4500, so that a CHILD_SA that IKE_AUTH made and DPD (every 3 s, gone within 7.4 s) keeps
 * is one whose path carries packets both ways, on AWS as in any lab.
 */
export function verifyScript(args: VpnGatewayArgs): Script {
  const { mss } = sizes[args.dataPath];
  const rules = interfacesOf(args).length * 2;
  const daemon = daemonUnit[args.format];
  const other = daemonUnit[args.format === "ipsec.conf" ? "swanctl.conf" : "ipsec.conf"];
  return `
again='raise site.converge by one and run pulumi up'
wants=$ROOT/etc/systemd/system/multi-user.target.wants
for unit in ${daemon} ${firewallUnit} ${watchdogUnit}; do
  [ -e "$wants/$unit" ] || fail "$unit" "not enabled" "must be started at boot" "$again"
done
[ ! -e "$wants/${other}" ] || fail ${other} enabled "must not be started beside ${daemon}" "$again"
# One call, and the one that asks systemd for least. Of the daemon that must not run, there may be no unit at all.
states=$(systemctl is-active ${daemon} ${firewallUnit} ${watchdogUnit} ${other}) || :
{ read -r first && read -r second && read -r third && read -r last; } <<END
$states
END
[ "$first $second $third" = "active active active" ] ||
  fail "${daemon}, ${firewallUnit}, ${watchdogUnit}" "$first, $second, $third" "must be active" "see below what they logged"
[ "$last" != active ] || fail ${other} active "must not run beside ${daemon}" "$again"
is_set() {
  value=
  # dash reads a byte at a time, and the kernel gives no more than one of a setting: no newline, so \`read\` says 1.
  read -r value <"$1" || :
  [ "$value" = "$2" ] || fail "\${1#"$ROOT"}" "$value" "must be $2" "look for who sets it, in /etc/sysctl.d; then $again"
}
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
[ "$count" = ${rules} ] || fail "nft table ${nftTable}" "$count limits on segments" "must be ${rules}" "$again"
if command -v iptables >/dev/null; then
  count_of "$(iptables -w -S FORWARD 2>/dev/null)" '--comment ${ruleComment} -j ACCEPT'
  [ "$count" = ${rules} ] ||
    fail "iptables FORWARD" "$count rules of ${ruleComment}" "must be ${rules}" "$again"
fi
${args.dataPath === "kernel" ? `routes=$(ip -4 route show ${args.vpcCidr})\n` : ""}# Read, not run: a shell less.
# shellcheck disable=SC1090,SC1091
tunnels=$(. "$ROOT${programs}/vpn-status")
${args.dataPath === "kernel" ? "" : grace}while read -r tunnel state bytes _; do
  [ "$state" = installed ] ||
    fail "vpn.$tunnel" "$state" "must be up" "see below what charon said of it, and compare it with the VPN connection in AWS"
${args.dataPath === "kernel" ? kernelVerify(args) : ""}  fact "$tunnel" UP
  if [ "$bytes" -gt 0 ]; then seen=seen; else seen="unknown: AWS answers no probe"; fi
  fact "\${tunnel}Traffic" "$seen"
done <<END
$tunnels
END
${args.dataPath === "kernel" ? "" : userspaceVerify(args)}fact dataPath ${args.dataPath}
fact mss ${mss}
`;
}

const kernelVerify = (
  args: VpnGatewayArgs,
): Script => `  holds "$(ip -d link show dev "$tunnel" up)" " ${usesVti(args) ? "vti" : "xfrm"} " ||
    fail "vpn.$tunnel" "no interface $tunnel" "must be ${usesVti(args) ? "a VTI" : "an XFRM interface"} that is up" "$again"
  # The watchdog holds the route of a tunnel that failed until it has answered for a while.
  [ -e "$ROOT${heldFile("$tunnel")}" ] || holds "$routes" "dev $tunnel " ||
    fail "vpn.$tunnel" "no route to ${args.vpcCidr}" "must have one by $tunnel" "$again"
  [ "$bytes" -gt 0 ] ||
    fail "vpn.$tunnel" "up, but nothing comes in" "must carry packets both ways" \\
      "see that ESP, or UDP 4500, passes the site's router and firewall, and how AWS shows the tunnel"
`;

/** The first answer to a probe comes within a moment of the tunnel. */
const grace: Script = `for _ in 1 2 3 4 5 6 7 8 9 10; do
  holds "$tunnels" " installed 0 " || break
  sleep 0.2
  # shellcheck disable=SC1090,SC1091
  tunnels=$(. "$ROOT${programs}/vpn-status")
done
`;

const userspaceVerify = (args: VpnGatewayArgs): Script => `ways=$(ip -4 -batch - <<END
rule show
route show table 220 ${args.vpcCidr}
END
)
holds "$ways" "lookup 220" || fail "vpn.dataPath userspace" "no rule for table 220" "must be there" "$again"
holds "$ways" "dev ipsec" ||
  fail "vpn.dataPath userspace" "no route to ${args.vpcCidr} in table 220" "must lead to charon's interface" "$again"
`;

const check = (path: string, value: string): Script =>
  path.includes("*")
    ? `for setting in ${path}; do is_set "$setting" ${value}; done`
    : `is_set ${path} ${value}`;
