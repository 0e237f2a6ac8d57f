import type { OwnedFile } from "../../step.ts";
import {
  makeRunFolder,
  programs,
  runFolder,
  sizes,
  type Tunnel,
  tunnelsOf,
  type VpnGatewayArgs,
} from "./args.ts";
import { usesVti } from "./sysctl.ts";
import { heldFile } from "./watchdog.ts";

/**
 * The kernel path's updown program: charon runs it when a tunnel's CHILD_SA comes up or goes down (updown plugin,
 * PLUTO_* variables), so the VPC's route follows the tunnel. An interface alone stays up when its tunnel dies.
 * The interface is made here, too: a reboot needs nothing else, and VTI needs to know the addresses.
 */
export function updownProgram(args: VpnGatewayArgs): OwnedFile {
  return { path: `${programs}/vpn-updown`, mode: "755", content: program(args) };
}

const settings = (tunnel: Tunnel) =>
  `  ${tunnel.name}) number=${tunnel.number} inside=${tunnel.cgwInsideAddress}/${tunnel.insideCidr.split("/")[1]} ;;`;

const vti = `
# A VTI is bound to this end's address, which may have changed. Run once for each pair of traffic selectors.
make_interface() {
  ip -d link show dev "$tunnel" 2>/dev/null | grep -qF "vti remote $PLUTO_PEER local $PLUTO_ME " && return
  ip link del dev "$tunnel" 2>/dev/null || :
  ip link add "$tunnel" type vti local "$PLUTO_ME" remote "$PLUTO_PEER" key "$number"
}

# Without each of these three a VTI passes no packet: its decrypted packets meet no policy, and what leaves by the
# physical interface must not be looked up again. A cached route keeps the old setting.
sysctls_of_vti() {
  echo 1 >"/proc/sys/net/ipv4/conf/$tunnel/disable_policy"
  echo 1 >"/proc/sys/net/ipv4/conf/$PLUTO_INTERFACE/disable_xfrm"
  echo 1 >"/proc/sys/net/ipv4/conf/$PLUTO_INTERFACE/disable_policy"
  ${makeRunFolder}
  echo "$PLUTO_INTERFACE" >${runFolder}/vti-physical
  ip route flush cache
}
`;

const xfrm = `
make_interface() {
  ip link show dev "$tunnel" >/dev/null 2>&1 ||
    ip link add "$tunnel" type xfrm dev "$PLUTO_INTERFACE" if_id "$number"
}
`;

function program(args: VpnGatewayArgs): string {
  return `#!/bin/sh
# Run by charon when a tunnel comes up or goes down: the VPC's route follows it.
set -eu
tunnel=\${PLUTO_CONNECTION-}
case $tunnel in
${tunnelsOf(args).map(settings).join("\n")}
  *) exit 0 ;;
esac
${usesVti(args) ? vti : xfrm}
# Link scope: neither this host nor its containers may speak to the VPC from an address that only the tunnel knows.
raise_interface() {
  make_interface
  ip addr replace "$inside" dev "$tunnel" scope link
  ip link set dev "$tunnel" mtu ${sizes.kernel.mtu} up
}

# The one with the lower metric is used; no ECMP, which AWS's virtual private gateway does not know.
route_up() {
  source=$(ip -4 -o addr show scope global to ${args.siteCidr} | awk '{ sub("/.*", "", $4); print $4; exit }')
  ip route replace ${args.vpcCidr} dev "$tunnel" \${source:+src "$source"} metric "$number"
}
route_down() { ip route del ${args.vpcCidr} dev "$tunnel" metric "$number" 2>/dev/null || :; }

case $PLUTO_VERB in
  up-client)
    raise_interface
${usesVti(args) ? "    sysctls_of_vti\n" : ""}    # The watchdog gives it the route when it has answered for a while.
    [ -e "${heldFile("$tunnel")}" ] || route_up
    ;;
  down-client) route_down ;;
  # by the watchdog, when somebody else took the route away
  route) route_up ;;
esac
`;
}
