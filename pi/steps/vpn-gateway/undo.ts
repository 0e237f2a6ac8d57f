import type { Script } from "../../step.ts";
import { clearInterfaces, daemons } from "./apply.ts";
import { firewallUnit, runFolder, watchdogUnit } from "./args.ts";
import { deleteAccepts, nftTable } from "./firewall.ts";
import { heldFile } from "./watchdog.ts";

/** The files are back as they were; here goes what they made of the running system. */
export const undoScript: Script = `${clearInterfaces}${deleteAccepts}
systemctl stop ${watchdogUnit} ${firewallUnit} ${daemons} 2>/dev/null || :
for wanted in multi-user.target nftables.service; do
  for unit in ${watchdogUnit} ${firewallUnit}; do rm -f "$ROOT/etc/systemd/system/$wanted.wants/$unit"; done
  rmdir "$ROOT/etc/systemd/system/$wanted.wants" 2>/dev/null || :
done
systemctl daemon-reload
systemctl reset-failed ${watchdogUnit} ${firewallUnit} 2>/dev/null || :
# The unit's own ExecStop went with its program.
! command -v nft >/dev/null || nft delete table ${nftTable} 2>/dev/null || :
delete_accepts
clear_interfaces
rm -f "$ROOT${runFolder}/vpn-daemon" "$ROOT${heldFile("tunnel1")}" "$ROOT${heldFile("tunnel2")}"
remove_packages
if [ -e "$STATE/sysctls-before" ]; then
  while read -r setting value; do
    # Docker found forwarding on and did not switch it on itself: its containers still need it.
    if [ "$setting" = "$ROOT/proc/sys/net/ipv4/ip_forward" ] && systemctl is-active --quiet docker.service; then continue; fi
    [ ! -e "$setting" ] || echo "$value" >"$setting"
  done <"$STATE/sysctls-before"
  rm "$STATE/sysctls-before"
fi
# A first change that failed leaves the packages for the next try, but no daemon that did not run before.
systemctl disable ${daemons} 2>/dev/null || :
if [ -e "$STATE/units-before" ]; then
  while read -r unit enabled active; do
    [ "$enabled" != enabled ] || systemctl enable "$unit" 2>/dev/null || :
    [ "$active" != active ] || systemctl start "$unit" || :
  done <"$STATE/units-before"
  rm "$STATE/units-before"
fi
`;
