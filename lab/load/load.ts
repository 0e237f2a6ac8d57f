/** A steady load through the tunnels, and what became of it in a stretch of time. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { inNamespace, until } from "../world/run.ts";
import type { HostSpec } from "../world/topology.ts";
import { vpc } from "../world/topology.ts";
import { ec2Client } from "../world/vpc.ts";

/** Number of a packet, and when it came, in milliseconds since 1970. */
export type Arrival = readonly [number: number, at: number];

/** What an end saw since it last spoke. */
export interface Batch {
  readonly arrived: readonly Arrival[];
  /** When the request began, and its milliseconds; null when it failed. */
  readonly requests: readonly (readonly [began: number, milliseconds: number | null])[];
  /** Connections that were open and are no more. */
  readonly dropped: number;
}

export interface Outage {
  readonly lost: number;
  /** From the last packet before a loss to the first one after it, summed up. */
  readonly seconds: number;
}

/** Packets that are missing between others. Pure. */
export function outage(arrivals: readonly Arrival[]): Outage {
  const inOrder = arrivals.toSorted(([a], [b]) => a - b);
  let lost = 0;
  let seconds = 0;
  for (const [i, [number, at]] of inOrder.entries()) {
    const [before, beforeAt] = inOrder[i - 1] ?? [number - 1, at];
    if (number - before <= 1) continue;
    lost += number - before - 1;
    seconds += Math.max(0, at - beforeAt) / 1000;
  }
  return { lost, seconds };
}

/** The longest time between two of these moments, in their own unit. Pure. */
export function longestGap(moments: readonly number[]): number {
  const inOrder = moments.toSorted((a, b) => a - b);
  return Math.max(0, ...inOrder.slice(1).map((at, i) => at - (inOrder[i] ?? at)));
}

export interface Seen {
  readonly toVpc: Outage;
  readonly toSite: Outage;
  readonly requests: number;
  readonly failed: number;
  /** Of the requests that were answered. */
  readonly slowestSeconds: number;
  readonly dropped: number;
}

export class Load {
  readonly #ends: readonly ChildProcess[];
  readonly #toVpc: Arrival[] = [];
  readonly #toSite: Arrival[] = [];
  readonly #requests: Batch["requests"][number][] = [];
  #dropped = 0;

  /** Between a node and a machine in the VPC; returns when it flows both ways. */
  static async start(node: HostSpec): Promise<Load> {
    const load = new Load(node);
    await load.flows(20);
    return load;
  }

  private constructor(node: HostSpec) {
    this.#ends = [
      this.#end(vpc, ["vpc", ec2Client, node.address], this.#toVpc),
      this.#end(node.netns, ["site", node.address, ec2Client], this.#toSite),
    ];
  }

  #end(netns: string, args: readonly string[], arrivals: Arrival[]): ChildProcess {
    const program = new URL("end.ts", import.meta.url).pathname;
    const [command = "", ...rest] = inNamespace(netns, [process.execPath, program, ...args]);
    const child = spawn(command, rest, { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const batch: Batch = JSON.parse(line);
      arrivals.push(...batch.arrived);
      this.#requests.push(...batch.requests);
      this.#dropped += batch.dropped;
    });
    return child;
  }

  /** Whether packets came without a gap in the last half second. */
  #flow(arrivals: readonly Arrival[]): boolean {
    const recent = arrivals.filter(([, at]) => at > Date.now() - 700);
    return recent.length >= 40 && outage(recent).lost === 0;
  }

  flowsToVpc = (): boolean => this.#flow(this.#toVpc);

  /** Waits until packets come both ways without a gap. */
  async flows(seconds: number): Promise<void> {
    const both = async () => (this.flowsToVpc() && this.#flow(this.#toSite) ? true : undefined);
    const ways = () => `to the VPC: ${this.flowsToVpc()}, to the site: ${this.#flow(this.#toSite)}`;
    await until(both, () => new Error(`the load does not flow after ${seconds} s (${ways()})`), { seconds });
  }

  /** What was seen since then, in milliseconds since 1970; forgets it, and what was before. */
  take(since: number): Seen {
    const of = (arrivals: Arrival[]) => outage(arrivals.splice(0).filter(([, at]) => at > since - 100));
    const requests = this.#requests.splice(0).filter(([began]) => began >= since);
    const dropped = this.#dropped;
    this.#dropped = 0;
    const answered = requests.flatMap(([, milliseconds]) => milliseconds ?? []);
    return {
      toVpc: of(this.#toVpc),
      toSite: of(this.#toSite),
      requests: requests.length,
      failed: requests.length - answered.length,
      slowestSeconds: Math.max(0, ...answered) / 1000,
      dropped,
    };
  }

  stop(): void {
    for (const end of this.#ends) end.stdin?.end();
  }
}
