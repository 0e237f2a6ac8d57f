import type { Script } from "../../step.ts";
import { daemonUnit, firewallUnit, programs, runFolder, type VpnGatewayArgs, watchdogUnit } from "./args.ts";
import { nftPath } from "./firewall.ts";
import { ipsecConfMark } from "./ipsec-conf.ts";
import { daemonPackages, packagesOf } from "./packages.ts";
import { strongswanPath } from "./strongswan-conf.ts";
import { swanctlPath } from "./swanctl-conf.ts";
import { sysctlPath } from "./sysctl.ts";

export const daemons = Object.values(daemonUnit).join(" ");

/** What stood before this step first came, for undo. */
const rememberOnce = `remember_once() { [ -e "$STATE/$1" ] || cat >"$STATE/$1"; }`;

/** Debian starts a daemon when it installs it, so what ran before is noted first. */
export const prepareScript = (args: VpnGatewayArgs): Script => `${rememberOnce}
for unit in ${daemons}; do
  printf '%s %s %s\\n' "$unit" "$(systemctl is-enabled "$unit" 2>/dev/null || :)" "$(systemctl is-active "$unit" 2>/dev/null || :)"
done | remember_once units-before
install_packages ${packagesOf(args).join(" ")}
`;

/** Only files that differ are staged. */
export const validateScript: Script = `
for program in "$STAGE${programs}"/vpn-*; do [ ! -e "$program" ] || run sh -n "$program"; done
[ ! -e "$STAGE${nftPath}" ] || run nft -c -f "$STAGE${nftPath}"
`;

/** What an earlier format or data path, or undo, must leave nothing of. */
export const clearInterfaces = `
clear_interfaces() {
  for tunnel in tunnel1 tunnel2; do ip link del dev "$tunnel" 2>/dev/null || :; done
  [ -e "$ROOT${runFolder}/vti-physical" ] || return 0
  read -r physical <"$ROOT${runFolder}/vti-physical"
  for setting in disable_xfrm disable_policy; do
    echo 0 >"$ROOT/proc/sys/net/ipv4/conf/$physical/$setting" || :
  done
  rm "$ROOT${runFolder}/vti-physical"
  ip route flush cache
}
`;

/**
 * Goes by the files that stand on the host, not by the step's arguments: when a change failed, this very script makes
 * the files of before effective again, be they of the other format.
 */
export const applyScript: Script = `${rememberOnce}
${clearInterfaces}
if grep -qsxF '${ipsecConfMark}' "$ROOT/etc/ipsec.conf"; then
  daemon=${daemonUnit["ipsec.conf"]} other=${daemonUnit["swanctl.conf"]} packages='${daemonPackages["ipsec.conf"].join(" ")}'
else
  daemon=${daemonUnit["swanctl.conf"]} other=${daemonUnit["ipsec.conf"]} packages='${daemonPackages["swanctl.conf"].join(" ")}'
fi
# Both bind UDP 500, and the second would take over the first one's control socket.
systemctl disable --now "$other" 2>/dev/null || :
# They are away only when a change of format that failed had them replaced by the other ones.
# shellcheck disable=SC2086 # words
install_packages $packages
systemctl daemon-reload
systemctl disable --now "$other" 2>/dev/null || :

for setting in "$ROOT"/proc/sys/net/ipv4/ip_forward "$ROOT"/proc/sys/net/ipv4/conf/*/send_redirects "$ROOT"/proc/sys/net/ipv4/conf/all/rp_filter; do
  printf '%s %s\\n' "$setting" "$(cat "$setting")"
done | remember_once sysctls-before
sed -n 's/^\\(net[^ ]*\\) = \\([0-9]*\\)$/\\1 \\2/p' "$ROOT${sysctlPath}" | while read -r key value; do
  for setting in "$ROOT"/proc/sys/$(echo "$key" | tr . /); do echo "$value" >"$setting"; done
done

systemctl enable ${firewallUnit} ${watchdogUnit} "$daemon" 2>/dev/null
systemctl restart ${firewallUnit}

# What the daemon reads at its start; no other change interrupts the tunnels.
mkdir -p "$ROOT${runFolder}"
now=$(cat "$ROOT${strongswanPath}" "$ROOT/etc/ipsec.conf" "$ROOT/etc/ipsec.secrets" "$ROOT${swanctlPath}" 2>/dev/null | cksum)
if [ "$now" != "$(cat "$ROOT${runFolder}/vpn-daemon" 2>/dev/null || :)" ] || ! systemctl is-active --quiet "$daemon"; then
  say "starts $daemon"
  systemctl stop "$daemon"
  clear_interfaces
  systemctl start "$daemon"
  echo "$now" >"$ROOT${runFolder}/vpn-daemon"
fi
systemctl restart ${watchdogUnit}
`;
