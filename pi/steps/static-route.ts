import { quote } from "../converge.ts";
import type { Script, Step } from "../step.ts";
import { findManager } from "./static-route/network-manager.ts";

/** Arguments of {@link staticRoute}. */
export interface StaticRouteArgs {
  /** IPv4 range, such as 10.0.0.0/16. */
  readonly destination: string;
  /** IPv4 address of the gateway, in the host's own network. */
  readonly gateway: string;
  /** Bytes of the largest packet on the route. Left out: the interface's. */
  readonly mtu?: number;
}

const paths = {
  netplan: "/etc/netplan/90-ecs-anywhere-hybrid.yaml",
  networkmanager: "/etc/ecs-anywhere-hybrid/static-route",
  dhcpcd: "/etc/dhcpcd.exit-hook",
  ifupdown: "/etc/network/if-up.d/ecs-anywhere-hybrid",
};

/**
 * A route to the VPC by the gateway, kept over reboots by whatever configures the host's network: netplan (netplan(5),
 * `routes`), systemd-networkd (systemd.network(5), a drop-in), NetworkManager (nm-settings-nmcli(5), `ipv4.routes`),
 * dhcpcd (dhcpcd-run-hooks(8)) or ifupdown (interfaces(5), if-up.d). Under the dead man's switch.
 *
 * Facts: `networkManager` (which of them), `interface`.
 */
export function staticRoute({ destination, gateway, mtu }: StaticRouteArgs): Step {
  const here = `
destination=${quote(destination)}
gateway=${quote(gateway)}
interface=
mtu=${mtu ?? ""}
inside=${quote(firstAddress(destination))}
${findManager}`;
  return {
    name: "static-route",
    detect: `${here}${detect}`,
    validate,
    apply: `${here}${apply}`,
    verify: `${here}${verify}`,
    explain: "ip -4 route; ip -4 address",
    undo: `${here}${undo}`,
    settleSeconds: 15,
    deadMansSwitchSeconds: 60,
  };
}

/** An address inside the range that no router takes for a network's own. */
function firstAddress(range: string): string {
  const [base = ""] = range.split("/");
  const last = base.lastIndexOf(".") + 1;
  return range.endsWith("/32") ? base : `${base.slice(0, last)}${Number(base.slice(last)) + 1}`;
}

const detect: Script = `
find_manager
# The route's options as ip(8) takes them.
options="via $gateway dev $interface\${mtu:+ mtu $mtu}"
case $manager in
  netplan)
    own_file ${paths.netplan} 600 <<END
network:
  version: 2
  $(netplan_type):
    $id:
      routes:
        - to: $destination
          via: $gateway\${mtu:+
          mtu: $mtu}
END
    ;;
  networkd)
    own_file "/etc/systemd/network/\${network_file##*/}.d/ecs-anywhere-hybrid.conf" 644 <<END
[Route]
Destination=$destination
Gateway=$gateway\${mtu:+
MTUBytes=$mtu}
END
    ;;
  networkmanager)
    own_file ${paths.networkmanager} 644 <<END
$uuid $destination $gateway\${mtu:+ mtu=$mtu}
END
    ;;
  dhcpcd)
    add_block ${paths.dhcpcd} 644 root <<END
if [ "\\$interface" = $interface ]; then
  case \\$reason in BOUND | RENEW | REBIND | REBOOT | STATIC | INFORM) ip route replace $destination $options ;; esac
fi
END
    ;;
  ifupdown)
    own_file ${paths.ifupdown} 755 <<END
#!/bin/sh
[ "\\$IFACE" != $interface ] || ip route replace $destination $options
END
    ;;
esac
`;

/** With the host's own files beside it, as netplan reads them together. */
const validate: Script = `
if [ -e "$STAGE${paths.netplan}" ]; then
  for file in "$ROOT"/etc/netplan/*.yaml; do
    [ ! -e "$file" ] || [ -e "$STAGE/etc/netplan/\${file##*/}" ] || cp "$file" "$STAGE/etc/netplan/"
  done
  run netplan generate --root-dir "$STAGE"
fi
`;

/**
 * Each reads the route from the files, so that it also brings back the one of the version before. `$STATE/routes` lists
 * what the running system was ever told, as ip(8) takes it; `$STATE/nm-route` what NetworkManager was told last.
 */
const apply: Script = `
find_manager
printf '%s\\n' "$manager $interface" >"$STATE/manager"
route="$destination via $gateway dev $interface"
grep -qxsF "$route" "$STATE/routes" || printf '%s\\n' "$route" >>"$STATE/routes"
grep -vxF "$route" "$STATE/routes" | while read -r old; do
  # shellcheck disable=SC2086 # Words of a route.
  ip route del $old 2>/dev/null || :
done
case $manager in
  netplan) run netplan apply ;;
  networkd)
    run networkctl reload
    sleep 1
    # Older networkd takes a new drop-in only so.
    case $(ip -o route get "$inside") in *" via $gateway "*) ;; *) run networkctl reconfigure "$interface" ;; esac
    ;;
  networkmanager)
    if [ -e "$STATE/nm-route" ]; then
      read -r profile route <"$STATE/nm-route"
      nmcli connection modify "$profile" -ipv4.routes "$route" || :
    fi
    read -r profile route <"$ROOT${paths.networkmanager}"
    printf '%s\\n' "$profile $route" >"$STATE/nm-route"
    run nmcli connection modify "$profile" +ipv4.routes "$route"
    run nmcli device reapply "$interface"
    ;;
  dhcpcd)
    sed -n '/^# >>> ecs-anywhere-hybrid static-route$/,/^# <<</p' "$ROOT${paths.dhcpcd}" |
      interface=$interface reason=BOUND sh
    ;;
  ifupdown) IFACE=$interface run sh "$ROOT${paths.ifupdown}" ;;
esac
`;

const verify: Script = `
find_manager
hop=$(ip -o route get "$inside")
case "$hop " in
  *" via $gateway dev $interface "*) ;;
  *)
    # Who hands the gateway's role on keeps its way into the tunnels, which comes first, until its vpn-gateway is undone: an
    # up deletes last.
    ready=
    [ ! -d "\${STATE%/*}/vpn-gateway" ] ||
      ready=$(ip -4 route show table main "$destination" via "$gateway" dev "$interface")
    [ -n "$ready" ] ||
      fail "route to $destination" "$hop" "must be via $gateway" "look for another route or a rule that comes first"
    ;;
esac
# NetworkManager keeps its profiles itself; this is where.
[ "$manager" != networkmanager ] ||
  grep -rqs "^route[0-9]*=$destination,$gateway" "$ROOT/etc/NetworkManager/system-connections" "$ROOT/etc/netplan" ||
  grep -rqs "to: \\"*$destination" "$ROOT/etc/netplan"
fact networkManager "$manager"
fact interface "$interface"
`;

const undo: Script = `
[ -e "$STATE/manager" ] || exit 0
read -r manager interface <"$STATE/manager"
case $manager in
  netplan) run netplan apply ;;
  networkd)
    run networkctl reload
    run networkctl reconfigure "$interface"
    ;;
  networkmanager)
    if [ -e "$STATE/nm-route" ]; then
      read -r profile route <"$STATE/nm-route"
      nmcli connection modify "$profile" -ipv4.routes "$route" || :
      nmcli device reapply "$interface" || :
    fi
    ;;
esac
while read -r route; do
  # shellcheck disable=SC2086 # Words of a route.
  ip route del $route 2>/dev/null || :
done <"$STATE/routes"
rm -f "$STATE/manager" "$STATE/routes" "$STATE/nm-route"
`;
