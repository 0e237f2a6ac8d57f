import { readFileSync } from "node:fs";
import type { OwnedFile } from "../../step.ts";
import { daemonUnit, makeRunFolder, programs, runFolder, type VpnGatewayArgs, watchdogUnit } from "./args.ts";
import { probeProgram } from "./probe.ts";

/**
 * Keeps the VPC's traffic on a tunnel that answers, and the tunnels up (docs/decisions/vpn-watchdog.md):
 * - A tunnel that falls silent while the other one answers is left at once. Kernel path: its route goes, until it has
 *   been well for a while. Userspace path: its IKE_SA goes, and with it its policies, which is the only way to have
 *   kernel-libipsec send through the other one; it is started again at once, or later when it flaps.
 * - When both are silent nothing is left: charon's dead peer detection is at work on both.
 * - A tunnel that charon gave up on is started again: a refusal (the endpoint was not ready yet, or a key that was since
 *   mended) is final for charon in spite of its endless tries.
 * - Routes and rules that somebody else took away are put back.
 *
 * The state is the unit's status text, and a file of metrics.
 */
export function watchdogFiles(args: VpnGatewayArgs): readonly OwnedFile[] {
  return [
    probeProgram(args),
    { path: `${programs}/vpn-watchdog`, mode: "755", content: program(args) },
    { path: `/etc/systemd/system/${watchdogUnit}`, mode: "644", content: unit(args) },
  ];
}

/** A tunnel whose route is withheld is marked by a file, which vpn-updown minds, too. */
export const heldFile = (tunnel: string) => `${runFolder}/vpn-held-${tunnel}`;

const part = (name: string) => readFileSync(new URL(`watchdog/${name}.sh`, import.meta.url), "utf8");
const parts = {
  kernel: part("kernel"),
  userspace: part("userspace"),
  metrics: part("metrics"),
  main: part("main"),
};

/** Below /run, in memory, not on the SD card. `node_exporter --collector.textfile.directory` takes the folder. */
const metricsFolder = "ecs-anywhere-hybrid-metrics";

function program(args: VpnGatewayArgs): string {
  const initiate =
    args.format === "ipsec.conf"
      ? 'timeout 3 ipsec up "$1"'
      : 'timeout 4 swanctl --initiate --child "$1" --timeout 2';
  return `#!/bin/sh
# Keeps the VPC's traffic on a tunnel that answers, and starts a tunnel again that charon gave up on.
# \`vpn-watchdog once\` looks at charon once and ends.
set -u
export LC_ALL=C
programs=${programs}
run=${runFolder}
metrics=/run/${metricsFolder}/vpn.prom
${args.dataPath === "kernel" ? `vpc=${args.vpcCidr}\n` : ""}${makeRunFolder}
initiate() { ${initiate} >/dev/null 2>&1 || :; }

${[parts[args.dataPath], parts.metrics, parts.main].join("\n")}`;
}

const unit = (args: VpnGatewayArgs) => `[Unit]
Description=Health of the VPN tunnels
After=${daemonUnit[args.format]}

[Service]
Type=notify
NotifyAccess=all
ExecStart=${programs}/vpn-watchdog
# The metrics, for all to read; gone with the service that keeps them up to date.
RuntimeDirectory=${metricsFolder}
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
`;
