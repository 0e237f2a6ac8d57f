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
import { labNodes } from "../checks/check.ts";
import { cloud } from "../cloud.ts";
import { readSettings } from "../settings.ts";
import { ca } from "../world/ca.ts";
import { inHost } from "../world/host.ts";
import { inNamespace } from "../world/run.ts";
import { region } from "../world/topology.ts";
import { quantile, type Section } from "./section.ts";

const lastsMs = 10_000;

type Kind = "lookup" | "request";
type Note = readonly [kind: Kind, began: number, milliseconds: number | null];

/** What became of the lookups or requests that began in a stretch of time. */
function cells(notes: readonly Note[], kind: Kind): string[] {
  const mine = notes.filter(([which]) => which === kind);
  const took = mine.flatMap(([, , milliseconds]) => milliseconds ?? []);
  const seconds = [quantile(took, 0.5), quantile(took, 0.99), Math.max(0, ...took)];
  return [
    `${mine.length - took.length} of ${mine.length}`,
    seconds.map((milliseconds) => (milliseconds / 1000).toFixed(2)).join(" / "),
  ];
}

/** Needs a lab whose hosts are cut off from the internet: only that one has resolvers and endpoints. */
export async function addresses(): Promise<Section> {
  const [node] = labNodes();
  assert(node);
  assert.equal(readSettings().internet, "never", "run `npm run lab -- --internet never` first");
  const resolv = await inHost(node.name, ["cat", "/etc/resolv.conf"]);
  const server = /^nameserver (\S+)/m.exec(resolv)?.[1] ?? "127.0.0.1";
  const program = new URL("../load/names.ts", import.meta.url).pathname;
  const [command = "", ...args] = inNamespace(node.netns, [process.execPath, program, server, region]);
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: ca.certificate },
  });
  const notes: Note[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => notes.push(JSON.parse(line)));
  const rows: string[][] = [];
  const suffer = async (name: string, begin: () => Promise<unknown>, end: () => Promise<unknown>) => {
    const since = Date.now();
    await begin();
    try {
      await new Promise((wake) => setTimeout(wake, lastsMs));
    } finally {
      await end();
    }
    // Those that began last may still wait.
    await new Promise((wake) => setTimeout(wake, 6000));
    const during = notes.splice(0).filter(([, began]) => began >= since && began < since + lastsMs);
    rows.push([name, ...cells(during, "lookup"), ...cells(during, "request")]);
  };
  try {
    await suffer(
      "none",
      async () => {},
      async () => {},
    );
    const { endpoints, resolvers } = await cloud.network();
    const inbound = resolvers.filter(({ direction }) => direction === "INBOUND");
    for (const { address } of inbound.flatMap(({ addresses }) => addresses))
      await suffer(
        `resolver address ${address}`,
        () => killResolverAddress(address),
        () => restartResolverAddress(address),
      );
    for (const zone of new Set(endpoints.flatMap((e) => e.addresses.map((a) => a.zone))))
      await suffer(
        `endpoints in ${zone}`,
        () => killEndpointZone(zone),
        () => restartEndpointZone(zone),
      );
  } finally {
    child.stdin?.end();
  }
  return {
    name: "addresses",
    title: "Private connectivity with an address dead",
    text: `Each address of the inbound resolver, and the endpoints of each zone, dead in turn for ${lastsMs / 1000} s, as a node sees it: 20
lookups a second of names that no cache has, and 20 HTTPS requests a second to ECS's endpoint by name, by a client that
tries the next address after 250 ms. Seconds: median / p99 / longest.`,
    header: ["dead", "lookups failed", "lookups, s", "requests failed", "requests, s"],
    rows,
  };
}
