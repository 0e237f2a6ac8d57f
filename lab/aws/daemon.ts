/** Keeps the simulated AWS running: schedules, drives and watches the data plane, and saves the account to disk. */
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Aws, AwsState } from "./aws.ts";
import { failureOf, isSteady, schedule } from "./control/scheduler.ts";
import { primaryOf } from "./control/service.ts";
import { observe } from "./control/telemetry.ts";
import type { DataPlane, DesiredNetwork } from "./data-plane/contract.ts";
import { atOnce, type Pace } from "./front/pace.ts";
import { desiredNetwork } from "./network.ts";

export interface DaemonOptions {
  readonly aws: Aws;
  readonly dataPlane: DataPlane;
  /** JSON file that holds the account between runs. */
  readonly stateFile: string;
  /** Default: at once. */
  readonly pace?: Pace;
  readonly log: (line: string) => void;
}

const roundMs = 1000;
const saveMs = 500;
/** How long the network has to follow a call. After that the call is answered anyway, as on AWS. */
const settleMs = 10_000;

export class Daemon {
  readonly aws: Aws;
  readonly pace: Pace;
  readonly #options: DaemonOptions;
  #desired: DesiredNetwork | undefined;
  #reconciled: Promise<void> = Promise.resolve();
  #saved: Promise<void> = Promise.resolve();
  #nextSave: Promise<void> | undefined;
  #saveTimer: NodeJS.Timeout | undefined;
  #scheduled = false;
  #closed = false;
  #complaint = "";

  constructor(options: DaemonOptions) {
    this.#options = options;
    this.aws = options.aws;
    this.pace = options.pace ?? atOnce;
  }

  /** Loads the saved account, if there is one, and starts to work. */
  async start(): Promise<void> {
    const text = await readFile(this.#options.stateFile, "utf8").catch(() => undefined);
    if (text !== undefined) this.aws.restore(JSON.parse(text) as AwsState);
    this.aws.onChange(() => this.#react());
    this.#react();
    void this.#rounds();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#saveTimer);
    await this.#reconciled;
    await this.save();
  }

  /** Resolves when the network has followed the calls so far, or has run out of time. */
  async settled(): Promise<void> {
    // This wait alone does not keep the process running.
    await Promise.race([this.#reconciled, setTimeout(settleMs, undefined, { ref: false })]);
  }

  /** Writes the account to disk, atomically. Calls during a write share the next one. */
  save(): Promise<void> {
    this.#nextSave ??= this.#saved.then(() => {
      this.#nextSave = undefined;
      this.#saved = this.#write();
      return this.#saved;
    });
    return this.#nextSave;
  }

  async #write(): Promise<void> {
    const { stateFile } = this.#options;
    await mkdir(dirname(stateFile), { recursive: true });
    // The file holds pre-shared keys in plain text.
    const file = await open(`${stateFile}.new`, "w", 0o600);
    await file.writeFile(JSON.stringify(this.aws));
    await file.sync();
    await file.close();
    await rename(`${stateFile}.new`, stateFile);
  }

  /** Waits as the provider does: for a service to become steady, or to be gone. Throws the reason if it does not. */
  async awaited(serviceArn: string, what: "steady" | "gone", seconds: number): Promise<void> {
    const until = Date.now() + seconds * this.pace.msPerSecond;
    const { services } = this.aws.runtime.ecs;
    const deployment = services[serviceArn] && primaryOf(services[serviceArn])?.id;
    let failure: string | undefined;
    for (;;) {
      const service = services[serviceArn];
      if (!service || (what === "gone" && this.#isGone(serviceArn))) return;
      if (what === "steady") {
        failure ??= failureOf(service, deployment);
        // The provider waits for the end of a rollback too.
        const hasEnded = primaryOf(service)?.rolloutState !== "IN_PROGRESS";
        if (failure !== undefined && hasEnded) throw new Error(failure);
        if (failure === undefined && isSteady(this.aws, service)) return;
      }
      if (Date.now() > until)
        throw new Error(
          `timeout while waiting for state to become '${what === "gone" ? "INACTIVE" : "tfSTABLE"}' (last state: '${service.status}', timeout: ${seconds}s): ${service.events[0]?.message ?? "no events"}`,
        );
      await setTimeout(200);
    }
  }

  /** A task on an unreachable machine cannot report that it stopped, so do not wait for it. */
  #isGone(serviceArn: string): boolean {
    const { tasks, instances } = this.aws.runtime.ecs;
    return Object.values(tasks)
      .filter((t) => t.serviceArn === serviceArn && t.lastStatus !== "STOPPED")
      .every((t) => !instances[t.containerInstanceArn]?.agentConnected);
  }

  #react(): void {
    // One round covers all changes of this turn. Its own changes do not start another round at once.
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    setImmediate(() => {
      try {
        if (schedule(this.aws)) this.aws.changed();
      } catch (error) {
        this.#options.log(`scheduler: ${String(error)}`);
      }
      this.#scheduled = false;
    });
    this.#reconcile();
    this.#saveTimer ??= globalThis.setTimeout(() => {
      this.#saveTimer = undefined;
      this.save().catch((error: unknown) => this.#options.log(`state: ${String(error)}`));
    }, saveMs);
  }

  #reconcile(): void {
    const desired = desiredNetwork(this.aws);
    if (isDeepStrictEqual(desired, this.#desired)) return;
    this.#desired = desired;
    this.#reconciled = this.#reconciled.then(async () => {
      // A newer desired network is already queued behind this one.
      if (this.#desired !== desired) return;
      await this.#options.dataPlane.reconcile(desired).then(
        () => this.#complain(""),
        (error: unknown) => {
          this.#complain(`data plane: ${error instanceof Error ? error.message : String(error)}`);
          // The next round tries again.
          if (this.#desired === desired) this.#desired = undefined;
        },
      );
    });
  }

  /** Avoids logging the same error every second. */
  #complain(line: string): void {
    if (line !== "" && line !== this.#complaint) this.#options.log(line);
    this.#complaint = line;
  }

  async #rounds(): Promise<void> {
    while (!this.#closed) {
      await setTimeout(roundMs);
      try {
        const changed = observe(this.aws, await this.#options.dataPlane.observe());
        if (schedule(this.aws) || changed) this.aws.changed();
        this.#reconcile();
      } catch (error) {
        this.#complain(`round: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
