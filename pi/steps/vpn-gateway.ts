import type { Step } from "../step.ts";
import { applyScript, prepareScript, validateScript } from "./vpn-gateway/apply.ts";
import { checkArgs, type VpnGatewayArgs } from "./vpn-gateway/args.ts";
import { explainScript } from "./vpn-gateway/explain.ts";
import { firewallFiles } from "./vpn-gateway/firewall.ts";
import { ipsecConf } from "./vpn-gateway/ipsec-conf.ts";
import { requireScript } from "./vpn-gateway/require.ts";
import { statusProgram } from "./vpn-gateway/status.ts";
import { strongswanConf } from "./vpn-gateway/strongswan-conf.ts";
import { swanctlConf } from "./vpn-gateway/swanctl-conf.ts";
import { sysctlConf } from "./vpn-gateway/sysctl.ts";
import { undoScript } from "./vpn-gateway/undo.ts";
import { updownProgram } from "./vpn-gateway/updown.ts";
import { verifyScript } from "./vpn-gateway/verify.ts";
import { watchdogFiles } from "./vpn-gateway/watchdog.ts";

export type { GatewayTunnel, VpnGatewayArgs } from "./vpn-gateway/args.ts";

/**
 * The site's end of the VPN: strongSwan with both tunnels of an AWS Site-to-Site VPN connection, in either
 * configuration format and on either data path, with forwarding, MSS clamp and a watchdog.
 *
 * Kernel path: route-based, an interface for each tunnel (`tunnel1`, `tunnel2`; VTI with `ipsec.conf`, XFRM with
 * `swanctl.conf`), the VPC's route with metric 100 and 200, following the tunnels. Userspace path: kernel-libipsec's
 * one interface and one route in table 220 for both tunnels; charon sends through the tunnel that came up last, so
 * there is no metric for each.
 *
 * Facts: `tunnel1` and `tunnel2` (`UP`), `tunnel1Traffic` and `tunnel2Traffic` (`seen`, or that it is not known), `dataPath`, `mss` (bytes). Throws an error of four parts on a value that no
 * VPN connection has; holds the pre-shared keys, so the step must stay a secret.
 */
export function vpnGateway(args: VpnGatewayArgs): Step {
  checkArgs(args);
  return {
    name: "vpn-gateway",
    files: [
      ...(args.format === "ipsec.conf" ? ipsecConf(args) : [swanctlConf(args)]),
      strongswanConf(args),
      sysctlConf(args),
      ...firewallFiles(args),
      statusProgram(args),
      ...(args.dataPath === "kernel" ? [updownProgram(args)] : []),
      ...watchdogFiles(args),
    ],
    require: requireScript(args),
    prepare: prepareScript(args),
    validate: validateScript,
    apply: applyScript,
    verify: verifyScript(args),
    settleSeconds: 60,
    explain: explainScript(args),
    undo: undoScript,
    // Longer than settling and a restart of the daemon; packages come before it is armed.
    deadMansSwitchSeconds: 180,
    secrets: [args.tunnels.tunnel1.presharedKey, args.tunnels.tunnel2.presharedKey],
  };
}
