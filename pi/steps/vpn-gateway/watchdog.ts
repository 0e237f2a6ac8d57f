import { hostProgram } from "../../script.ts";
import type { OwnedFile } from "../../step.ts";
import { probing, programs, runFolder, tunnelVariables, type VpnGatewayArgs, watchdogUnit } from "./args.ts";
import { daemons } from "./strongswan/daemon.ts";

/**
 * Keeps the VPC's traffic on a tunnel that answers, and the tunnels up (docs/decisions/vpn-watchdog.md):
 * - A tunnel that falls silent while the other one answers is left at once. Kernel path: its route goes, until it has
 *   been well for a while. Userspace path: its IKE_SA goes, and with it its policies, which is the only way to have
 *   kernel-libipsec send through the other one; it is started again at once, or later when it flaps.
 * - When both are silent nothing is left: charon's dead peer detection is at work on both.
 * - A tunnel that charon gave up on is started again: a refusal (the endpoint was not ready yet, or a key that was
 *   corrected since) is final for charon in spite of its endless tries.
 * - Routes and rules that something else removed are put back.
 *
 * The state is the unit's status text, and a file of metrics.
 */
export const watchdogFiles = (args: VpnGatewayArgs): readonly OwnedFile[] => [
  { path: `${programs}/vpn-probe`, mode: "755", content: probeProgram(args) },
  { path: `${programs}/vpn-watchdog`, mode: "755", content: watchdogProgram(args) },
  { path: `/etc/systemd/system/${watchdogUnit}`, mode: "644", content: unit(args) },
];

/** Below /run, in memory, not on the SD card. `node_exporter --collector.textfile.directory` takes the folder. */
const metricsFolder = "ecs-anywhere-hybrid-metrics";

/**
 * `vpn-probe TUNNEL`: pings AWS's inside address of a tunnel through that tunnel, and prints what changes, a line each:
 * - `TUNNEL doubt`: so many probes in a row are unanswered that this one is not to be relied upon now
 * - `TUNNEL silent FLAPS`: one more, and again for every three more; FLAPS counts how often it fell silent soon after it
 *   had answered again
 * - `TUNNEL answers`: the first answer after that
 * - `TUNNEL well`: it has answered long enough since; twice as long for every flap
 * - `TUNNEL probes SENT LOST MILLISECONDS`: every two seconds or so, from the start; the last round trip
 *
 * One ping for all probes, read line by line: no process is started for a probe. On the kernel path it is bound to the
 * tunnel's interface. On the userspace path the address alone leads through the tunnel, by the traffic selectors; the
 * source must then lie inside the site.
 */
const probeProgram = (args: VpnGatewayArgs) =>
  hostProgram(
    {
      DATA_PATH: args.dataPath,
      SITE: args.siteCidrs.join(" "),
      ...tunnelVariables(args, "INSIDE", (tunnel) => tunnel.vgwInsideAddress),
      INTERVAL: probing.intervalSeconds,
      DOUBT_AFTER: probing.doubtAfter,
      SILENT_AFTER: probing.silentAfter,
      WELL_AFTER: probing.wellAfter,
      STEADY_AFTER: probing.steadyAfter,
      MOST_FLAPS: probing.mostFlaps,
      REPORT_EVERY: probing.reportEvery,
    },
    "vpn-gateway/site-address.sh",
    "vpn-gateway/watchdog/probe.sh",
  );

const watchdogProgram = ({ format, dataPath, vpcCidrs }: VpnGatewayArgs) =>
  hostProgram(
    {
      PROGRAMS: programs,
      RUN_FOLDER: runFolder,
      METRICS: `/run/${metricsFolder}/vpn.prom`,
      FORMAT: format,
      ...(dataPath === "kernel" && { VPC: vpcCidrs.join(" ") }),
    },
    ...[dataPath, "metrics", "main"].map((part) => `vpn-gateway/watchdog/${part}.sh`),
  );

const unit = ({ format }: VpnGatewayArgs) => `[Unit]
Description=Health of the VPN tunnels
After=${daemons[format].unit}

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
