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
 * TUNNEL: negotiated anew, so that `verify` proves the new key. An end that AWS has replaced meanwhile does not answer
 * the goodbye; charon gives up on that within seconds.
 */
const newKey = `
new_key() {
  say "negotiates $1 with its new key"
  if [ "$daemon" = ${daemonUnit["ipsec.conf"]} ]; then
    run ipsec rereadsecrets
    timeout 10 ipsec down "$1" >/dev/null 2>&1 || :
    timeout 3 ipsec up "$1" >/dev/null 2>&1 || :
  else
    run swanctl --load-creds --clear
    timeout 10 swanctl --terminate --ike "$1" >/dev/null 2>&1 || :
    timeout 4 swanctl --initiate --child "$1" --timeout 2 >/dev/null 2>&1 || :
  fi
}
`;

/**
 * Goes by the files that stand on the host, not by the step's arguments: when a change failed, this very script makes
 * the files of before effective again, be they of the other format.
 */
export const applyScript: Script = `${rememberOnce}
${clearInterfaces}
${newKey}
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

for setting in "$ROOT"/proc/sys/net/ipv4/ip_forward "$ROOT"/proc/sys/net/ipv4/icmp_ratelimit "$ROOT"/proc/sys/net/ipv4/conf/*/send_redirects "$ROOT"/proc/sys/net/ipv4/conf/all/rp_filter; do
  printf '%s %s\\n' "$setting" "$(cat "$setting")"
done | remember_once sysctls-before
sed -n 's/^\\(net[^ ]*\\) = \\([0-9]*\\)$/\\1 \\2/p' "$ROOT${sysctlPath}" | while read -r key value; do
  for setting in "$ROOT"/proc/sys/$(echo "$key" | tr . /); do echo "$value" >"$setting"; done
done

# Has systemd read all units anew, too.
run systemctl enable ${firewallUnit} ${watchdogUnit} "$daemon"
systemctl restart ${firewallUnit}

# The daemon starts anew for its own settings and its connections. A new key takes its own tunnel down and no other.
all_of() { cat "$ROOT${strongswanPath}" "$ROOT/etc/ipsec.conf" "$ROOT${swanctlPath}" 2>/dev/null; }
keys() { cat "$ROOT/etc/ipsec.secrets" "$ROOT${swanctlPath}" 2>/dev/null | sed -n 's/^.* : PSK //p; s/^ *secret = //p'; }
known() { sed -n "$1p" "$ROOT${runFolder}/vpn-daemon" 2>/dev/null; }
settings=$(all_of | sed '/^ *secret = /d' | cksum)
key1=$(keys | sed -n 1p | cksum) key2=$(keys | sed -n 2p | cksum)
if [ "$settings" != "$(known 1)" ] || ! systemctl is-active --quiet "$daemon"; then
  say "starts $daemon"
  systemctl stop "$daemon"
  clear_interfaces
  systemctl start "$daemon"
else
  [ "$key1" = "$(known 2)" ] || new_key tunnel1
  [ "$key2" = "$(known 3)" ] || new_key tunnel2
fi
(umask 077 && printf '%s\\n' "$settings" "$key1" "$key2" >"$ROOT${runFolder}/vpn-daemon")
systemctl restart ${watchdogUnit}
`;
