/** The faults of single addresses in the VPC, each in turn: of the inbound resolver, and of the endpoints of a zone. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import {
  killEndpointZone,
  killResolverAddress,
  restartEndpointZone,
  restartResolverAddress,
} from "../../aws/data-plane/faults.ts";
import { cloud } from "../../cloud.ts";
import { ca } from "../../world/ca.ts";
import { inHost } from "../../world/host.ts";
import { inNamespace } from "../../world/run.ts";
import { type HostSpec, region } from "../../world/topology.ts";

const lastsMs = 10_000;

type Kind = "lookup" | "request";
type Note = readonly [kind: Kind, began: number, milliseconds: number | null];

/** What became of the lookups or requests that began in a stretch of time. */
function told(notes: readonly Note[], kind: Kind): string {
  const mine = notes.filter(([which]) => which === kind);
  const took = mine.flatMap(([, , milliseconds]) => milliseconds ?? []);
  const slowest = Math.max(0, ...took) / 1000;
  return `${mine.length - took.length} of ${mine.length} failed, slowest ${slowest.toFixed(2)} s`;
}

/** A paragraph and a table for docs/benchmarks.md. */
export async function addressFaults(node: HostSpec): Promise<string> {
  const resolv = await inHost(node.name, ["cat", "/etc/resolv.conf"]);
  const server = /^nameserver (\S+)/m.exec(resolv)?.[1] ?? "127.0.0.1";
  const program = new URL("../../load/names.ts", import.meta.url).pathname;
  const [command = "", ...args] = inNamespace(node.netns, [process.execPath, program, server, region]);
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: ca.certificate },
  });
  const notes: Note[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => notes.push(JSON.parse(line)));
  const rows: string[] = [];
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
    rows.push(`| ${name} | ${told(during, "lookup")} | ${told(during, "request")} |`);
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
  return `

Single addresses dead for ${lastsMs / 1000} s, as a node sees it: 20 lookups a second of names that no cache has, and 20 HTTPS requests a
second to ECS's endpoint by name, by a client that tries the next address after 250 ms.

| dead | lookups | requests |
| --- | --- | --- |
${rows.join("\n")}
`;
}
