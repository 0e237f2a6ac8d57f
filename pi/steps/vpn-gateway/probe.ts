import { readFileSync } from "node:fs";
import type { OwnedFile } from "../../step.ts";
import { probing, programs, tunnelsOf, type VpnGatewayArgs } from "./args.ts";

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
export function probeProgram(args: VpnGatewayArgs): OwnedFile {
  return { path: `${programs}/vpn-probe`, mode: "755", content: program(args) };
}

const fromSite = (args: VpnGatewayArgs) =>
  `ip -4 -o addr show scope global to ${args.siteCidr} | awk '{ sub("/.*", "", $4); print $4; exit }'`;

const figures = Object.entries({
  interval: probing.intervalSeconds,
  doubt_after: probing.doubtAfter,
  silent_after: probing.silentAfter,
  well_after: probing.wellAfter,
  steady_after: probing.steadyAfter,
  most_flaps: probing.mostFlaps,
  report_every: probing.reportEvery,
})
  .map(([name, figure]) => `${name}=${figure}`)
  .join("\n");

const rest = readFileSync(new URL("watchdog/probe.sh", import.meta.url), "utf8");

const program = (args: VpnGatewayArgs) => `#!/bin/sh
# Pings AWS's inside address of a tunnel through it; prints a line whenever its health changes.
set -u
export LC_ALL=C
tunnel=$1
case $tunnel in
${tunnelsOf(args)
  .map((tunnel) => `  ${tunnel.name}) inside=${tunnel.vgwInsideAddress} ;;`)
  .join("\n")}
esac

# By what it is bound to, when it begins.
bound_to() { ${args.dataPath === "kernel" ? 'echo "$tunnel"' : fromSite(args)}; }
${figures}
${rest}`;
