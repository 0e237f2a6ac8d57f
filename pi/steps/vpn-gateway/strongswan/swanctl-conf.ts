import type { OwnedFile } from "../../../step.ts";
import { programs, selectors, type Tunnel, tunnelsOf, type VpnGatewayArgs } from "../args.ts";

export const swanctlPath = "/etc/swanctl/conf.d/ecs-anywhere-hybrid.conf";

/**
 * Both tunnels and their keys as one `swanctl.conf` (swanctl.conf(5)). On the kernel path an interface id leads each
 * tunnel's packets to its XFRM interface.
 */
export function swanctlConf(args: VpnGatewayArgs): OwnedFile {
  return {
    path: swanctlPath,
    mode: "600",
    content: `${[
      "# Managed by ecs-anywhere-hybrid: changes are lost.",
      ...section(
        "connections",
        tunnelsOf(args).flatMap((tunnel) => connection(args, tunnel)),
      ),
      ...section(
        "secrets",
        tunnelsOf(args).flatMap((tunnel) =>
          section(`ike-${tunnel.name}`, [
            `id-1 = ${args.customerGatewayAddress}`,
            `id-2 = ${tunnel.address}`,
            `secret = "${tunnel.presharedKey}"`,
          ]),
        ),
      ),
    ].join("\n")}\n`,
  };
}

const section = (name: string, lines: readonly string[]): string[] => [
  `${name} {`,
  ...lines.map((line) => `  ${line}`),
  "}",
];

function connection(args: VpnGatewayArgs, tunnel: Tunnel): string[] {
  const kernel = args.dataPath === "kernel";
  return section(tunnel.name, [
    "version = 2",
    "proposals = aes256gcm16-prfsha384-ecp384",
    "local_addrs = %any",
    `remote_addrs = ${tunnel.address}`,
    "# ESP in UDP 4500 also where no NAT is seen, so that one MTU is right everywhere",
    "encap = yes",
    "mobike = no",
    "# AWS advises against unique ids: both tunnels have this site's one identity",
    "unique = never",
    "keyingtries = 0",
    "dpd_delay = 3s",
    "# AWS's lifetimes are 8 and 1 hours; renewed well before, without a gap",
    "rekey_time = 7h",
    ...(kernel ? [`if_id_in = ${tunnel.number}`, `if_id_out = ${tunnel.number}`] : []),
    ...section("local", ["auth = psk", `id = ${args.customerGatewayAddress}`]),
    ...section("remote", ["auth = psk", `id = ${tunnel.address}`]),
    ...section(
      "children",
      section(tunnel.name, [
        "esp_proposals = aes256gcm16-ecp384",
        `local_ts = ${selectors(args).local}`,
        `remote_ts = ${selectors(args, tunnel).remote}`,
        ...(kernel ? [`updown = ${programs}/vpn-updown`] : []),
        "rekey_time = 50m",
        "life_time = 1h",
        "start_action = start",
        "close_action = start",
        "dpd_action = restart",
      ]),
    ),
  ]);
}
