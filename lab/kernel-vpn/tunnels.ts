/** Which tunnel is in use, how each fares, and one fault of the one in use. */
import { isCalm, metricsFile } from "../load/calm.ts";
import type { TunnelNumber } from "../load/faults.ts";
import type { Outage } from "../load/load.ts";
import { until } from "../world/run.ts";
import type { GuestFault } from "./faults.ts";
import type { Guest } from "./guest.ts";
import { sendThrough, sides } from "./home.ts";
import { pingDuring } from "./traffic.ts";

/** Longer than it takes: a processor that QEMU translates, and that others use too, is late. */
export const patience = 60;

export const theOther = (n: TunnelNumber): TunnelNumber => (n === 1 ? 2 : 1);

/** The number of the tunnel through which the gateway sends to the VPC; undefined while none carries anything. */
export async function outwards(guest: Guest): Promise<TunnelNumber | undefined> {
  const { stdout } = await guest.ask(["ip", "-4", "route", "get", sides.vpc.address]);
  const [, number] = /dev tunnel([12])/.exec(stdout) ?? [];
  return number === undefined ? undefined : number === "1" ? 1 : 2;
}

/** The tunnel that is used, which the VPC then uses, too. Waits for one: a slow processor may have been late with probes. */
export async function settled(guest: Guest): Promise<TunnelNumber> {
  const used = await until(
    () => outwards(guest),
    () => new Error("the gateway sends through no tunnel"),
    { seconds: patience, everyMs: 500 },
  );
  await guest.sh(sendThrough(used));
  return used;
}

/** Waits until the gateway has both tunnels up, and holds none of them back. */
export const calm = (guest: Guest): Promise<true> =>
  until(
    async () => (isCalm((await guest.ask(["cat", metricsFile])).stdout) ? true : undefined),
    () => new Error("the gateway does not find both tunnels well"),
    { seconds: 2 * patience, everyMs: 500 },
  );

/**
 * A fault of the tunnel in use, in the middle of pings from the site; what was lost until the gateway had taken the other
 * one. It lasts on.
 */
export function hit(guest: Guest, fault: GuestFault, used: TunnelNumber): Promise<Outage> {
  const other = theOther(used);
  return pingDuring(guest, async () => {
    // The VPC first: a fault is done in one moment, but each command takes a while to start.
    await guest.sh(`sleep 1\n${sendThrough(other)}\n${fault.begin(used)}`);
    await until(
      async () => ((await outwards(guest)) === other ? true : undefined),
      () => new Error(`tunnel${used}, ${fault.name}: after ${patience} s it is still sent through`),
      { seconds: patience, everyMs: 200 },
    );
  });
}
