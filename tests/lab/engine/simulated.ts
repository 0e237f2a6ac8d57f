/** A program of a test's own on the real engine, with the simulated AWS behind it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { Aws } from "../../../lab/aws/aws.ts";
import { Daemon } from "../../../lab/aws/daemon.ts";
import { noDataPlane } from "../../../lab/aws/data-plane/contract.ts";
import { openSocket } from "../../../lab/aws/front/socket.ts";
import { findEngine } from "../../../lab/engine/engine.ts";
import { type LabStack, labStack, type UpOptions } from "../../../lab/engine/stack.ts";
import { byLab, need } from "../../support/needs.ts";

const root = join(import.meta.dirname, "../../..");
const engine = await findEngine(join(root, ".lab/engine"));
need(engine === undefined ? ["Pulumi engine"] : [], byLab);

const stackConfig = {
  site: { cidr: "192.168.1.0/24", publicAddress: "198.51.100.7", gateway: "pi-1" },
  hosts: {},
};

export interface SimulatedStack {
  readonly aws: Aws;
  readonly stack: LabStack;
  /** Returns the number of resources by what was done to them. */
  readonly up: (options?: UpOptions) => Promise<Readonly<Record<string, number>>>;
  /** Returns the error of an `up` that must fail. */
  readonly failedUp: (options?: UpOptions) => Promise<string>;
}

/** Opens a stack `test` that runs `program`. To be used in tests that run one after another. */
export async function simulatedStack(
  t: ExecutionContext,
  program: () => Promise<void>,
): Promise<SimulatedStack> {
  t.timeout(300_000);
  if (engine === undefined) throw new Error("no engine");
  const lab = await mkdtemp(join(tmpdir(), "lab-simulated-"));
  const aws = new Aws({ region: "us-east-1", account: "123456789012" });
  const daemon = new Daemon({ aws, dataPlane: noDataPlane, stateFile: join(lab, "aws.json"), log: t.log });
  await daemon.start();
  const socket = join(lab, "aws.sock");
  const closeSocket = await openSocket(daemon, socket);
  const attach = { aws: [join(root, "lab/aws/provider.ts"), "--socket", socket] };
  const stack = await labStack({ engine, lab, name: "test", attach, program });
  t.teardown(async () => {
    await stack.close();
    closeSocket();
    await daemon.close();
    await rm(lab, { recursive: true });
  });
  await stack.setConfig(stackConfig);
  const up = async (options: UpOptions = {}) => (await stack.up(options)).summary.resourceChanges ?? {};
  const failedUp = async (options: UpOptions = {}) => {
    // The program runs in this process: what it rejects is the engine's, and not ava's.
    const before = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    const ignore = () => undefined;
    process.on("unhandledRejection", ignore);
    const error = await t.throwsAsync(up(options));
    await new Promise((resolve) => setTimeout(resolve, 200));
    process.off("unhandledRejection", ignore);
    for (const listener of before) process.on("unhandledRejection", listener);
    return error?.message ?? "";
  };
  return { aws, stack, up, failedUp };
}
