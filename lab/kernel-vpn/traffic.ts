/** What is sent through the tunnels, and what is seen of it on the wire. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Arrival, type Outage, outage } from "../load/load.ts";
import { internet } from "../world/topology.ts";
import type { Guest } from "./guest.ts";
import { sides, wire } from "./home.ts";

export type Side = keyof typeof sides;

export const other = (side: Side): Side => (side === "site" ? "vpc" : "site");

const program = readFileSync(join(import.meta.dirname, "guest/traffic.py"), "utf8");
const port = "5001";

const file = "/run/lab/traffic.py";

/** A server on either side, for as long as the guest runs. */
export async function startServers(guest: Guest): Promise<void> {
  await guest.sh(`mkdir -p /run/lab && cat >${file}`, { input: program });
  for (const { netns } of Object.values(sides)) {
    const place = `NetworkNamespacePath=/run/netns/${netns}`;
    await guest.run(["systemd-run", "--quiet", "-p", place, "python3", file, "serve", port]);
  }
}

/** Bytes of a TCP transfer: some hundred full segments. */
export const amount = 1_000_000;

/**
 * One connection, opened by `from`, that moves `bytes` up (away from it) or down.
 * @param seconds after which it counts as stalled
 */
export async function transfer(
  guest: Guest,
  from: Side,
  what: "up" | "down",
  { bytes = amount, seconds = 30 }: { readonly bytes?: number; readonly seconds?: number } = {},
): Promise<"stalled" | { readonly whole: boolean; readonly segment: number }> {
  const argv = ["python3", file, "move", what, sides[other(from)].address, port, `${bytes}`];
  const answer = await guest.ask(argv, { netns: sides[from].netns, seconds });
  if (answer.code === null) return "stalled";
  if (answer.code !== 0) throw new Error(`${from}, ${what}: ${answer.stderr.trim().split("\n").at(-1)}`);
  return parseMoved(answer.stdout);
}

/** `whole 1386`: what came at the other end, and the size of a segment. */
export function parseMoved(text: string): { readonly whole: boolean; readonly segment: number } {
  const [, said, segment] = /^(whole|not whole) (\d+)$/m.exec(text) ?? [];
  if (said === undefined) throw new Error(`no result of a transfer: ${JSON.stringify(text)}`);
  return { whole: said === "whole", segment: Number(segment) };
}

/** Bytes of an IPv4 header, and of an ICMP one. */
const headers = 20 + 8;

/** One packet that may not be fragmented, of `size` bytes with its IP header. Whether an answer of the same size came. */
export async function largePing(guest: Guest, from: Side, size: number): Promise<boolean> {
  const ping = ["ping", "-q", "-n", "-c", "1", "-W", "2", "-M", "do", "-s", `${size - headers}`];
  const { code } = await guest.ask([...ping, sides[other(from)].address], { netns: sides[from].netns });
  return code === 0;
}

export type Wire = Readonly<Record<(typeof wire)[number], number>>;

/** What the router has seen since the last call. */
export const takeWire = async (guest: Guest) =>
  parseWire(await guest.run(["nft", "-j", "reset", "counters"], { netns: internet }));

export function parseWire(json: string): Wire {
  const { nftables } = JSON.parse(json) as {
    readonly nftables: readonly { readonly counter?: { readonly name: string; readonly packets: number } }[];
  };
  const count = (name: string) => {
    const found = nftables.find(({ counter }) => counter?.name === name)?.counter;
    if (!found) throw new Error(`the router has no counter ${name}`);
    return found.packets;
  };
  return Object.fromEntries(wire.map((name) => [name, count(name)])) as Wire;
}

/** `ping -D`'s answers: a line each, `[1700000000.123456] 64 bytes from …: icmp_seq=7 ttl=62 …`. */
export function parsePings(text: string): readonly Arrival[] {
  return [...text.matchAll(/^\[([\d.]+)\] \d+ bytes from .* icmp_seq=(\d+) /gm)].map(
    ([, at, number]) => [Number(number), Number(at) * 1000] as const,
  );
}

/**
 * Pings from the site, a hundred a second as far as the processor comes, for as long as `meanwhile` runs and a second more.
 * @throws when nothing answers at the end: how long the outage is would be anybody's guess
 */
export async function pingDuring(
  guest: Guest,
  meanwhile: () => Promise<unknown>,
  address: string = sides.vpc.address,
): Promise<Outage> {
  const record = "/run/lab/ping.pid";
  const script = `echo $$ >${record}; exec ping -n -D -i 0.01 ${address}`;
  const pings = guest.ask(["sh", "-c", script], { netns: sides.site.netns, seconds: 300 });
  try {
    await meanwhile();
  } finally {
    await guest.sh(`sleep 1; kill -INT $(cat ${record})`);
  }
  const { stdout } = await pings;
  const sent = Number(/^(\d+) packets transmitted/m.exec(stdout)?.[1]);
  const answers = parsePings(stdout);
  const last = answers.at(-1)?.[0] ?? 0;
  if (!(last > sent - 50)) throw new Error(`of ${sent} packets the last that was answered is number ${last}`);
  return outage(answers);
}
