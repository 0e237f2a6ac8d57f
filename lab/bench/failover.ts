/** What a fault costs, under a steady load: packets, seconds, requests, connections. */
import { firstNode } from "../hosts.ts";
import { faults, tunnels } from "../load/faults.ts";
import type { Seen } from "../load/load.ts";
import { beginners, rekey, rotateKey } from "../load/planned.ts";
import { holdMs, suffer, underLoad, watch } from "../load/suffer.ts";
import { readSettings } from "../settings.ts";
import { promisedSeconds, type Section, spread, tooLong } from "./section.ts";

/** Faults of a tunnel that the series has unless it is told another number; the promise speaks of 100. */
export const defaultFaults = 102;

function row(name: string, all: readonly Seen[]): string[] {
  const requests = all.reduce((sum, seen) => sum + seen.requests, 0);
  const failed = all.reduce((sum, seen) => sum + seen.failed, 0);
  return [
    name,
    `${all.length}`,
    spread(
      all.map(({ toVpc }) => toVpc.seconds),
      2,
    ),
    spread(
      all.map(({ toVpc }) => toVpc.lost),
      0,
    ),
    spread(
      all.map(({ toSite }) => toSite.seconds),
      2,
    ),
    `${failed} of ${requests}`,
    Math.max(...all.map(({ slowestSeconds }) => slowestSeconds)).toFixed(1),
    `${all.reduce((sum, { dropped }) => sum + dropped, 0)}`,
  ];
}

/** @param count of faults of tunnels, all kinds together */
export async function failover(count = defaultFaults): Promise<Section> {
  const node = firstNode();
  const rows: string[][] = [];
  const every: Seen[] = [];
  const missed: string[] = [];
  await underLoad(node, async (load) => {
    for (const fault of faults) {
      const seen: Seen[] = [];
      while (seen.length < count / faults.length) {
        const last = await suffer(load, fault, tunnels[seen.length % 2] ?? 1);
        seen.push(last);
        console.log(
          `${fault.name} ${seen.length}: to the VPC ${last.toVpc.seconds.toFixed(2)} s (${last.toVpc.lost} packets), to the site ${last.toSite.seconds.toFixed(2)} s`,
        );
      }
      every.push(...seen);
      rows.push(row(fault.name, seen));
    }
    rows.push(row("**all of these**", every));
    for (const [name, times, work] of [
      ...beginners.map(
        (by) => [`rekey of IKE and CHILD_SA, both tunnels, by ${by}`, 5, () => rekey(by)] as const,
      ),
      ["another pre-shared key, one tunnel each", 2, rotateKey] as const,
    ]) {
      const seen: Seen[] = [];
      for (let i = 0; i < times; i++) seen.push(await watch(load, () => work(tunnels[i % 2] ?? 1)));
      rows.push(row(`planned: ${name}`, seen));
      const dropped = seen.reduce((sum, each) => sum + each.dropped, 0);
      if (dropped > 0) missed.push(`${name}: ${dropped} connections dropped`);
    }
  });
  missed.push(...tooLong(every.map(({ toVpc }) => toVpc.seconds)));
  return {
    name: "failover",
    title: `Failover on the ${readSettings().dataPath} data path, in the lab`,
    text: `Each fault hits the tunnel that carries the site's packets, for ${holdMs / 1000} s and more, under 100 numbered packets a second each way
and 20 HTTP requests a second, a new connection each, with 10 more connections kept open. Seconds: from the last packet
before a loss to the first one after it, all losses of a fault summed up; median / p99 / longest. To reach: site → AWS p99
${promisedSeconds.toFixed(1)} s over 100 tunnel faults; no connection dropped by what is planned.

AWS → site is AWS's own choice of a tunnel, here a simulated one: it sees an end of its own that is gone, or closed, within
0.5 s, but a lost path only by dead peer detection, on AWS after 30 s at the earliest; the fault is over before that.`,
    header: [
      "fault",
      "times",
      "site → AWS, s",
      "packets lost",
      "AWS → site, s",
      "requests failed",
      "slowest, s",
      "connections dropped",
    ],
    rows,
    missed,
  };
}
