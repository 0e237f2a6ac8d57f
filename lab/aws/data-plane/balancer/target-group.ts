/** The targets of one target group: which are checked, which is next, and which connections each has open. */
import type { Duplex } from "node:stream";
import type { DesiredListener, DesiredTarget, ObservedTarget } from "../contract.ts";
import { TargetMonitor } from "./health.ts";

const keyOf = ({ id, port }: DesiredTarget) => `${id}:${port}`;

export class TargetGroup {
  readonly arn: string;
  readonly #monitors = new Map<string, TargetMonitor>();
  readonly #open = new Map<string, Set<Duplex>>();
  #check = "";
  #turn = 0;

  constructor(arn: string) {
    this.arn = arn;
  }

  /** Replaces the targets. A removed target gets no new connections, and keeps those that it has. */
  update({ targets, healthCheck }: DesiredListener, from: string): void {
    const check = JSON.stringify([healthCheck, from]);
    const keys = targets.map(keyOf);
    for (const [key, monitor] of this.#monitors) {
      if (keys.includes(key) && check === this.#check) continue;
      monitor.stop();
      this.#monitors.delete(key);
    }
    this.#check = check;
    for (const target of targets) {
      const key = keyOf(target);
      if (this.#monitors.has(key)) continue;
      this.#monitors.set(key, new TargetMonitor(target, healthCheck, from, () => this.#cut(key)));
    }
  }

  /** Returns the next healthy target in turn; the next of all targets if none is healthy (AWS "fails open"). */
  pick(): DesiredTarget | undefined {
    const all = [...this.#monitors.values()];
    const healthy = all.filter((monitor) => monitor.health.state === "healthy");
    const candidates = healthy.length > 0 ? healthy : all;
    return candidates[this.#turn++ % candidates.length]?.target;
  }

  /** Tracks an open connection for as long as it lasts. */
  track(target: DesiredTarget, socket: Duplex): void {
    const open = this.#open.get(keyOf(target)) ?? new Set();
    this.#open.set(keyOf(target), open.add(socket));
    socket.once("close", () => open.delete(socket));
  }

  observe(): readonly ObservedTarget[] {
    return [...this.#monitors.values()].map(({ target, health }) => ({
      targetGroupArn: this.arn,
      ...target,
      ...health,
    }));
  }

  stop(): void {
    for (const monitor of this.#monitors.values()) monitor.stop();
  }

  /** NLB's default: connections to a target that became unhealthy are closed. */
  #cut(key: string): void {
    for (const socket of this.#open.get(key) ?? []) socket.destroy();
  }
}
