import { script } from "../script.ts";
import type { Step, Unit } from "../step.ts";
import * as gateway from "./vpn-gateway/args.ts";
import { checkArgs, sizes, tunnelVariables, type VpnGatewayArgs } from "./vpn-gateway/args.ts";
import { firewallFiles, nftPath, nftTable, ruleComment } from "./vpn-gateway/firewall.ts";
import { statusProgram, updownProgram } from "./vpn-gateway/programs.ts";
import { daemons, packagesOf } from "./vpn-gateway/strongswan/daemon.ts";
import { ipsecConf, ipsecConfMark } from "./vpn-gateway/strongswan/ipsec-conf.ts";
import { strongswanConf, strongswanPath } from "./vpn-gateway/strongswan/strongswan-conf.ts";
import { swanctlConf, swanctlPath } from "./vpn-gateway/strongswan/swanctl-conf.ts";
import { sysctls, usesVti } from "./vpn-gateway/sysctl.ts";
import { watchdogFiles } from "./vpn-gateway/watchdog.ts";

export type { GatewayTunnel, VpnGatewayArgs } from "./vpn-gateway/args.ts";

/**
 * The site's end of the VPN: strongSwan with both tunnels of an AWS Site-to-Site VPN connection, in either
 * configuration format and on either data path, with forwarding, MSS clamp and a watchdog.
 *
 * Kernel path: route-based, an interface for each tunnel (`tunnel1`, `tunnel2`; VTI with `ipsec.conf`, XFRM with
 * `swanctl.conf`), the VPC's routes with metric 100 and 200, following the tunnels. Userspace path: kernel-libipsec's
 * one interface and its routes in table 220 for both tunnels; charon sends through the tunnel that came up last, so
 * there is no metric for each.
 *
 * Facts: `tunnel1` and `tunnel2` (`UP`), `tunnel1Traffic` and `tunnel2Traffic` (`seen`, or that it is not known),
 * `dataPath`, `mss` (bytes). Holds the pre-shared keys, so the step must stay a secret.
 *
 * @throws RunError when a value is not one that a VPN connection can have
 */
export function vpnGateway(args: VpnGatewayArgs): Step {
  checkArgs(args);
  return {
    name: "vpn-gateway",
    packages: packagesOf(args).map((name) => ({ name })),
    sysctls: sysctls(args),
    files: [
      ...(args.format === "ipsec.conf" ? ipsecConf(args) : [swanctlConf(args)]),
      strongswanConf(args),
      ...firewallFiles(args),
      statusProgram(args),
      ...(args.dataPath === "kernel" ? [updownProgram(args)] : []),
      ...watchdogFiles(args),
    ],
    tables: [{ name: nftTable, file: nftPath }],
    units: units(args),
    script: script(
      ...["ipsec", "swanctl", "kernel", "userspace", "firewall/accepts", "verify", "explain"].map(
        (part) => `vpn-gateway/${part}.sh`,
      ),
      "vpn-gateway.sh",
    ),
    variables: variables(args),
    settleSeconds: 60,
    // Longer than settling and a restart of the daemon; packages come before it is armed.
    deadMansSwitchSeconds: 180,
    secrets: [args.tunnels.tunnel1.presharedKey, args.tunnels.tunnel2.presharedKey],
  };
}

/** Of the two daemons one runs: both bind UDP 500, and the second would take over the first one's control socket. */
function units({ format }: VpnGatewayArgs): readonly Unit[] {
  const other = format === "ipsec.conf" ? "swanctl.conf" : "ipsec.conf";
  return [
    { name: daemons[other].unit, enabled: false, running: false },
    ...[daemons[format].unit, gateway.firewallUnit, gateway.watchdogUnit].map((name) => ({
      name,
      enabled: true,
      running: true,
    })),
  ];
}

/** As the head of vpn-gateway.sh has them. */
const variables = (args: VpnGatewayArgs) => ({
  FORMAT: args.format,
  DATA_PATH: args.dataPath,
  IPSEC_DAEMON: daemons["ipsec.conf"].unit,
  IPSEC_PACKAGES: daemons["ipsec.conf"].packages,
  SWANCTL_DAEMON: daemons["swanctl.conf"].unit,
  SWANCTL_PACKAGES: daemons["swanctl.conf"].packages,
  FIREWALL_UNIT: gateway.firewallUnit,
  WATCHDOG_UNIT: gateway.watchdogUnit,
  MANAGED: ipsecConfMark,
  STRONGSWAN_FILE: strongswanPath,
  SWANCTL_FILE: swanctlPath,
  RULE_COMMENT: ruleComment,
  PROGRAMS: gateway.programs,
  RUN_FOLDER: gateway.runFolder,
  SITE: args.siteCidrs.join(" "),
  VPC: args.vpcCidrs.join(" "),
  PUBLIC_ADDRESS: args.customerGatewayAddress,
  ...tunnelVariables(args, "ADDRESS", (tunnel) => tunnel.address),
  INTERFACE_TYPE: args.dataPath === "userspace" ? "none" : usesVti(args) ? "vti" : "xfrm",
  // One for each direction, and each pair of ranges.
  INTERFACE_RULES: gateway.interfacesOf(args).length * 2 * args.siteCidrs.length * args.vpcCidrs.length,
  MSS: sizes[args.dataPath].mss,
});
