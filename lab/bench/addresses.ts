/** The faults of single addresses in the VPC, each in turn: of the inbound resolver, and of the endpoints of a zone. */
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import {
  killEndpointZone,
  killResolverAddress,
  restartEndpointZone,
  restartResolverAddress,
} from "../aws/data-plane/faults.ts";
import { cloud } from "../cloud.ts";
import { firstNode } from "../hosts.ts";
import { longestGap } from "../load/load.ts";
import type { Kind, Note } from "../load/names.ts";
import { underLoad } from "../load/suffer.ts";
import { readSettings } from "../settings.ts";
import { ca } from "../world/ca.ts";
import { inHost } from "../world/host.ts";
import { inNamespace } from "../world/run.ts";
import { region } from "../world/topology.ts";
import { type Section, spread } from "./section.ts";

/** Longer than an agent gives an address that does not answer. */
const lastsMs = 20_000;
/** The longest that something which began during a fault may take once it is over. */
const settlesMs = 16_000;

const kinds: Readonly<Record<Kind, string>> = {
  lookup: "lookups, 20 a second",
  quick: "HTTPS requests, 20 a second",
  agent: "HTTPS as the agents dial",
};

/** What became of the lookups or requests that began in a stretch of time, and how long none was answered. Pure. */
export function cells(notes: readonly Note[], kind: Kind, since: number): string[] {
  const mine = notes.filter(([which, began]) => which === kind && began >= since);
  const answers = mine.flatMap(([, began, took]) => (took === null ? [] : began + took));
  const during = mine.filter(([, began]) => began < since + lastsMs);
  const took = during.flatMap(([, , milliseconds]) => (milliseconds === null ? [] : milliseconds / 1000));
  const silent = longestGap([since, ...answers, since + lastsMs + settlesMs]) / 1000;
  return [`${during.length - took.length} of ${during.length}`, silent.toFixed(2), spread(took, 2)];
}

/** Needs a lab whose hosts are cut off from the internet: only that one has resolvers and endpoints. */
export async function addresses(): Promise<Section> {
  const node = firstNode();
  assert.equal(readSettings().internet, "never", "run `npm run lab -- --internet never` first");
  const resolv = await inHost(node.name, ["cat", "/etc/resolv.conf"]);
  const server = /^nameserver (\S+)/m.exec(resolv)?.[1] ?? "127.0.0.1";
  const { endpoints, resolvers } = await cloud.network();
  const inbound = resolvers.filter(({ direction }) => direction === "INBOUND");
  const faults: readonly (readonly [string, () => Promise<void>, () => Promise<void>])[] = [
    ["none", async () => {}, async () => {}],
    ...inbound
      .flatMap(({ addresses }) => addresses)
      .map(
        ({ address }) =>
          [
            `resolver address ${address}`,
            () => killResolverAddress(address),
            () => restartResolverAddress(address),
          ] as const,
      ),
    ...[...new Set(endpoints.flatMap((e) => e.addresses.map((a) => a.zone)))].map(
      (zone) =>
        [`endpoints in ${zone}`, () => killEndpointZone(zone), () => restartEndpointZone(zone)] as const,
    ),
  ];
  const program = new URL("../load/names.ts", import.meta.url).pathname;
  const [command = "", ...args] = inNamespace(node.netns, [process.execPath, program, server, region]);
  const rows: string[][] = [];
  await underLoad(node, async (load) => {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: ca.certificate },
    });
    const notes: Note[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => notes.push(JSON.parse(line)));
    const wait = (milliseconds: number) => new Promise((wake) => setTimeout(wake, milliseconds));
    try {
      // Its first lookups and requests pay for what is loaded for them.
      await wait(2000);
      for (const [name, begin, end] of faults) {
        load.take(Date.now());
        notes.length = 0;
        const since = Date.now();
        await begin();
        try {
          await wait(lastsMs);
        } finally {
          await end();
        }
        await wait(settlesMs);
        const { toVpc, toSite } = load.take(since);
        const silent = Math.max(toVpc.seconds, toSite.seconds).toFixed(2);
        rows.push([name, "packets, 100 a second each way", `${toVpc.lost + toSite.lost}`, silent, ""]);
        for (const kind of ["lookup", "quick", "agent"] as const)
          rows.push(["", kinds[kind], ...cells(notes, kind, since)]);
        console.log(`${name}: measured`);
      }
    } finally {
      child.stdin?.end();
    }
  });
  return {
    name: "addresses",
    title: "Private connectivity with an address dead",
    text: `Each address of the inbound resolver, and the endpoints of each zone, dead in turn for ${lastsMs / 1000} s, as a node sees it, under
100 numbered packets a second to a machine in the VPC and back: lookups of names that no cache has, and HTTPS requests to
ECS's endpoint by name, a new connection each, by a client that tries the next address after 250 ms. Outage: the longest
time without an answer (a packet) to any of them; calm, that is the time between two. Each: median / p99 / longest.

The agents are Go programs, which dial the addresses of a name one after the other; of the 30 s that both agents' dialers
have the first of two addresses gets 15 (\`net.Dialer\`; \`ecs-agent/httpclient\`; the SSM agent takes Go's own transport). A client
with that patience is the last row of each fault, four requests a second. Only a new connection whose first address is dead
takes so long; one whose handshake is cut in the middle waits for TCP's next try once the fault is over, or for its own end.`,
    header: ["dead", "what", "lost or failed", "outage, s", "each, s"],
    rows,
  };
}
