/** A steady load through the tunnels, and its losses in a period of time. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { inNamespace, until } from "../world/run.ts";
import type { HostSpec } from "../world/topology.ts";
import { vpc } from "../world/topology.ts";
import { ec2Client } from "../world/vpc.ts";

/** Number of a packet, and its arrival in milliseconds since 1970. */
export type Arrival = readonly [number: number, at: number];

/** What an end saw since its last line. */
export interface Batch {
  readonly arrived: readonly Arrival[];
  /** When the request began, and its duration in milliseconds; null when it failed. */
  readonly requests: readonly (readonly [began: number, milliseconds: number | null])[];
  /** Connections that were open and have ended. */
  readonly dropped: number;
}

export interface Outage {
  readonly lost: number;
  /** The sum of the times from the last packet before a loss to the first one after it. */
  readonly seconds: number;
}

/** Returns the number of packets that are missing between others. Pure. */
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

/** Returns the longest time between two neighbouring moments, in their own unit. Pure. */
export function longestGap(moments: readonly number[]): number {
  const inOrder = moments.toSorted((a, b) => a - b);
  return Math.max(0, ...inOrder.slice(1).map((at, i) => at - (inOrder[i] ?? at)));
}

export interface Seen {
  readonly toVpc: Outage;
  readonly toSite: Outage;
  readonly requests: number;
  readonly failed: number;
  /** Only of the requests that were answered. */
  readonly slowestSeconds: number;
  readonly dropped: number;
}

export class Load {
  readonly #ends: readonly ChildProcess[];
  readonly #toVpc: Arrival[] = [];
  readonly #toSite: Arrival[] = [];
  readonly #requests: Batch["requests"][number][] = [];
  #dropped = 0;

  /** Starts the load between a node and a machine in the VPC; returns when it flows both ways. */
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

  /** Returns whether packets came without a gap in the last half second. */
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

  /** Returns what was seen since a moment, in milliseconds since 1970; forgets this and everything before. */
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
