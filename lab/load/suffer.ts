/** Faults and planned events of the tunnels under load, each from calm to calm. */
import { gatewayHost } from "../hosts.ts";
import { inHost } from "../world/host.ts";
import { until } from "../world/run.ts";
import type { HostSpec } from "../world/topology.ts";
import { restartVpnEndpoint } from "../world/vpn-endpoint.ts";
import { isCalm, metricsFile, steadyMs } from "./calm.ts";
import {
  carrier,
  closeInOrder,
  type Fault,
  isUp,
  restorePath,
  type TunnelNumber,
  tunnels,
} from "./faults.ts";
import { Load, type Seen } from "./load.ts";

/** A fault lasts at least this long, so that the results show one that the gateway does not notice. */
export const holdMs = 2000;

const gatewayIsCalm = async () =>
  isCalm(await inHost(gatewayHost().name, ["cat", metricsFile])) ? true : undefined;

async function calm(load: Load): Promise<void> {
  const bothUp = async () => ((await Promise.all(tunnels.map(isUp))).every(Boolean) ? true : undefined);
  await until(bothUp, () => new Error("a tunnel does not come back"), { seconds: 120, everyMs: 200 });
  await until(gatewayIsCalm, () => new Error("the gateway does not find both tunnels well"), {
    seconds: 120,
    everyMs: 300,
  });
  await load.flows(60);
}

const answeredSince = new Map<TunnelNumber, number>();

/**
 * Makes a tunnel carry the site's packets, if the gateway sends through the one that came up last, as it
 * does on the userspace path. Returns the tunnel that carries them.
 */
async function carryBy(n: TunnelNumber, load: Load): Promise<TunnelNumber> {
  await calm(load);
  if ((await carrier()) === n) return n;
  await closeInOrder(n);
  const moved = async () => ((await carrier()) === n ? n : undefined);
  const stays = () => new Error("the kernel path prefers a tunnel");
  const now = await until(moved, stays, { seconds: 5 }).catch(carrier);
  await calm(load);
  return now;
}

/** Causes one fault of the tunnel that carries the site's packets. Returns what was seen until both ways flow again. */
export async function suffer(load: Load, fault: Fault, preferred: TunnelNumber): Promise<Seen> {
  const n = await carryBy(preferred, load);
  const steady = (answeredSince.get(n) ?? 0) + steadyMs - Date.now();
  await new Promise((wake) => setTimeout(wake, Math.max(0, steady)));
  load.take(Date.now());
  const since = Date.now();
  await fault.begin(n);
  try {
    await new Promise((wake) => setTimeout(wake, holdMs));
    const flows = async () => (load.flowsToVpc() ? true : undefined);
    const lost = () => new Error(`tunnel ${n}, ${fault.name}: no packet comes to the VPC any more`);
    await until(flows, lost, { seconds: 60, everyMs: 50 });
  } finally {
    await fault.end(n);
  }
  await calm(load);
  answeredSince.set(n, Date.now());
  return load.take(since);
}

/** Returns what was seen during an event that should not be noticed. */
export async function watch(load: Load, work: () => Promise<unknown>): Promise<Seen> {
  await calm(load);
  load.take(Date.now());
  const since = Date.now();
  await work();
  await calm(load);
  return load.take(since);
}

/** Runs under a load between a node and the VPC. In any case the tunnels are up at the end. */
export async function underLoad<T>(node: HostSpec, work: (load: Load) => Promise<T>): Promise<T> {
  await restorePath();
  await Promise.all(tunnels.map(restartVpnEndpoint));
  const load = await Load.start(node);
  try {
    return await work(load);
  } finally {
    load.stop();
    await restorePath();
    await Promise.all(tunnels.map(restartVpnEndpoint));
  }
}
