/** A stack on the real engine and the simulated AWS, with hosts on which every step is in force at once: no root, no lab. */
import { stackAttribute } from "../../limits/cluster.ts";
import type { Aws } from "../aws/aws.ts";
import type { StackConfig } from "../engine/config.ts";
import type { Engine } from "../engine/engine.ts";
import { type LabStack, labStack, PROJECT } from "../engine/stack.ts";
import { type InstantAccountOptions, instantHosts, openAccount } from "./account.ts";
import { startAgents } from "./agents.ts";

export interface InstantStack extends LabStack {
  readonly aws: Aws;
  /** A folder of the stack's own, which goes with it. */
  readonly folder: string;
}

export interface InstantOptions extends InstantAccountOptions {
  readonly engine: Engine;
  /** Default: `home`. */
  readonly name?: string;
}

/** Opens a new stack in a folder of its own. `close` removes everything. */
export async function instantStack({
  engine,
  name = "home",
  ...options
}: InstantOptions): Promise<InstantStack> {
  const { aws, folder, provider, close } = await openAccount(options);
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
    await close();
  };
  const stack = await labStack({
    engine,
    lab: folder,
    name,
    attach: { aws: provider, command: instantHosts },
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
