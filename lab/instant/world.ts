/** A stack on the real engine and the simulated AWS, with hosts on which every step is in force at once: no root, no lab. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackAttribute } from "../../limits/cluster.ts";
import { Aws } from "../aws/aws.ts";
import { Daemon } from "../aws/daemon.ts";
import { noDataPlane } from "../aws/data-plane/contract.ts";
import type { Pace } from "../aws/front/pace.ts";
import { openSocket } from "../aws/front/socket.ts";
import type { StackConfig } from "../engine/config.ts";
import type { Engine } from "../engine/engine.ts";
import { type LabStack, labStack, PROJECT } from "../engine/stack.ts";
import { account, region } from "../world/topology.ts";
import { startAgents } from "./agents.ts";

export interface InstantStack extends LabStack {
  readonly aws: Aws;
  /** A folder of the stack's own, which goes with it. */
  readonly folder: string;
}

export interface InstantOptions {
  readonly engine: Engine;
  /** Default: `home`. */
  readonly name?: string;
  /** Default: AWS does everything at once. */
  readonly pace?: Pace;
  /** Prepares the account before the stack is there. */
  readonly prepare?: (aws: Aws) => void;
  readonly log?: (line: string) => void;
}

/** Opens a new stack in a folder of its own. `close` removes everything. */
export async function instantStack({
  engine,
  name = "home",
  pace,
  prepare,
  log,
}: InstantOptions): Promise<InstantStack> {
  const folder = await mkdtemp(join(tmpdir(), "instant-"));
  const aws = new Aws({ region, account });
  prepare?.(aws);
  const daemon = new Daemon({
    aws,
    dataPlane: noDataPlane,
    stateFile: join(folder, "aws.json"),
    log: log ?? (() => undefined),
    ...(pace ? { pace } : {}),
  });
  await daemon.start();
  const socket = join(folder, "aws.sock");
  const closeSocket = await openSocket(daemon, socket);
  let hosts: StackConfig["hosts"] = {};
  const own = `${PROJECT}-${name}`;
  let clusterName = own;
  const stopAgents = startAgents(aws, (node) => {
    const host = Object.entries(hosts).find(([key, { formerly }]) => key === node || formerly === node)?.[1];
    if (!host?.node || host.dead) return undefined;
    return { clusterName, attributes: { ...attributesOf(host.node), [stackAttribute]: own } };
  });
  const closeAws = async () => {
    stopAgents();
    closeSocket();
    await daemon.close();
    await rm(folder, { recursive: true, force: true });
  };
  const stack = await labStack({
    engine,
    lab: folder,
    name,
    attach: {
      aws: [join(import.meta.dirname, "../aws/provider.ts"), "--socket", socket],
      command: [join(import.meta.dirname, "provider.ts"), "command"],
    },
  }).catch(async (error: unknown) => {
    await closeAws();
    throw error;
  });
  return {
    ...stack,
    aws,
    folder,
    setConfig: async (config) => {
      hosts = config.hosts;
      clusterName = config.cluster?.existing?.name ?? own;
      await stack.setConfig(config);
    },
    close: async () => {
      await stack.close();
      await closeAws();
    },
  };
}

type Node = NonNullable<StackConfig["hosts"][string]["node"]>;

const attributesOf = ({ attributes = {} }: Node): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)]));
