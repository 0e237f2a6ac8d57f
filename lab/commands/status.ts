import type { ObservedNetwork } from "../aws/data-plane/contract.ts";
import { cloud } from "../cloud.ts";
import { readSettings } from "../settings.ts";
import { status as worldStatus } from "../world/world.ts";

/** A service may run on fewer nodes than are its load balancer's targets: one that is healthy is enough. */
function balancers(targets: ObservedNetwork["targets"]) {
  return Object.entries(Object.groupBy(targets, ({ port }) => port)).map(([port, of = []]) => ({
    port,
    healthy: of.filter(({ state }) => state === "healthy").length,
    all: of.length,
  }));
}

/** What runs, a line each. Exit status 1 when the lab is not whole. */
export async function status(): Promise<number> {
  const { network, hosts, endpoints } = await worldStatus();
  if (!network && hosts.length === 0) {
    console.log("down; `npm run lab` brings it up");
    return 1;
  }
  const tunnels = await cloud.tunnels().catch(() => undefined);
  const targets = await cloud.targets().catch(() => undefined);
  const line = (what: string, fine: boolean, state: string) => ({ what, fine, state });
  const lines = [
    line("home network", network, network ? "stands" : "gone"),
    ...hosts.map(({ name, runs }) => line(`host ${name}`, runs, runs ? "runs" : "off")),
    ...endpoints.map(({ number, runs }) =>
      line(`VPN endpoint ${number} (simulated)`, runs, runs ? "runs" : "off"),
    ),
    line("AWS (simulated)", tunnels !== undefined, tunnels ? "answers" : "does not answer"),
    ...(tunnels ?? []).map(({ outsideAddress, up, statusMessage }) =>
      line(`tunnel to ${outsideAddress}`, up, up ? "up" : statusMessage),
    ),
    ...balancers(targets ?? []).map(({ port, healthy, all }) =>
      line(`targets on port ${port}`, healthy > 0, `${healthy} of ${all} healthy`),
    ),
  ];
  for (const { what, fine, state } of lines) {
    console.log(`${fine ? "✔" : "✘"} ${what.padEnd(34)} ${state}`);
  }
  const { nodes, internet: mode } = readSettings();
  console.log(`\n${nodes} nodes, --internet ${mode}; npm run lab -- check looks closer`);
  return lines.every(({ fine }) => fine) ? 0 : 1;
}
