import type { OwnedFile } from "../../../step.ts";
import { programs, selectors, type Tunnel, tunnelsOf, type VpnGatewayArgs } from "../args.ts";

/**
 * Both tunnels as `ipsec.conf` and `ipsec.secrets` (ipsec.conf(5)), after the file that AWS offers for strongSwan,
 * with IKEv2 and the only proposals that the VPN connection admits. On the kernel path a mark leads each tunnel's
 * packets to its VTI: `ipsec.conf` knows no interface ids.
 */
export function ipsecConf(args: VpnGatewayArgs): readonly OwnedFile[] {
  return [
    { path: "/etc/ipsec.conf", mode: "644", content: conf(args) },
    { path: "/etc/ipsec.secrets", mode: "600", content: secrets(args) },
  ];
}

/** The first line of an `ipsec.conf` that is ours; `require` refuses to replace a person's. */
export const ipsecConfMark = "# Managed by ecs-anywhere-hybrid: changes are lost.";

function conf(args: VpnGatewayArgs): string {
  const connection = (tunnel: Tunnel) => [
    `conn ${tunnel.name}`,
    `  right=${tunnel.address}`,
    `  rightid=${tunnel.address}`,
    `  rightsubnet=${selectors(args, tunnel).remote}`,
    ...(args.dataPath === "kernel" ? [`  mark=${tunnel.number}`, `  leftupdown=${programs}/vpn-updown`] : []),
    "  auto=start",
    "",
  ];
  return `${[
    ipsecConfMark,
    "config setup",
    "  # AWS advises against unique ids: both tunnels have this site's one identity",
    "  uniqueids=no",
    "",
    "conn %default",
    "  keyexchange=ikev2",
    "  type=tunnel",
    "  ike=aes256gcm16-prfsha384-ecp384!",
    "  esp=aes256gcm16-ecp384!",
    "  leftauth=psk",
    "  rightauth=psk",
    "  left=%defaultroute",
    `  leftid=${args.customerGatewayAddress}`,
    `  leftsubnet=${selectors(args).local}`,
    "  # ESP in UDP 4500 also where no NAT is seen, so that one MTU is right everywhere",
    "  forceencaps=yes",
    "  mobike=no",
    "  # AWS's lifetimes; renewed 10 to 20 minutes before the end, without a gap",
    "  ikelifetime=8h",
    "  lifetime=1h",
    "  margintime=10m",
    "  reauth=no",
    "  dpddelay=3s",
    "  dpdaction=restart",
    "  closeaction=restart",
    "  keyingtries=%forever",
    "",
    ...tunnelsOf(args).flatMap(connection),
  ]
    .join("\n")
    .trimEnd()}\n`;
}

const secrets = (args: VpnGatewayArgs) =>
  [
    ipsecConfMark,
    ...tunnelsOf(args).map(
      (tunnel) => `${args.customerGatewayAddress} ${tunnel.address} : PSK "${tunnel.presharedKey}"`,
    ),
    "",
  ].join("\n");
