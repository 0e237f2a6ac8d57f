/** Stacks beside each other in one simulated account, on the real engine, with hosts on which every step is in force at once. */
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { ExecutionContext } from "ava";
import type { Aws } from "../../../lab/aws/aws.ts";
import type { StackConfig } from "../../../lab/engine/config.ts";
import { findEngine } from "../../../lab/engine/engine.ts";
import { type LabStackOptions, labStack } from "../../../lab/engine/stack.ts";
import { instantHosts, openAccount } from "../../../lab/instant/account.ts";
import { paths } from "../../../lab/world/paths.ts";
import { defined } from "../../../records.ts";
import { byLab, need } from "../../support/needs.ts";

const engine = await findEngine(paths.engine);
need(engine === undefined ? ["Pulumi engine"] : [], byLab);

export const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAx";

/**
 * A site with a gateway that is its only node.
 *
 * @param number tells its range, 192.168.NUMBER.0/24, and those inside its tunnels
 */
export function site(number: number, more: Partial<StackConfig> = {}): StackConfig {
  return {
    site: { cidr: `192.168.${number}.0/24`, publicAddress: "198.51.100.7", gateway: "gateway" },
    hosts: { gateway: { address: `192.168.${number}.196`, hostKey } },
    ...more,
    vpn: {
      insideCidrs: { tunnel1: `169.254.${10 + number}.0/30`, tunnel2: `169.254.${20 + number}.0/30` },
      ...more.vpn,
    },
  };
}

/** The account, without any stack. */
export async function account(t: ExecutionContext) {
  t.timeout(600_000);
  if (engine === undefined) throw new Error("no engine");
  const { aws, folder, provider, close } = await openAccount({ log: t.log });
  t.teardown(close);
  const open = async (name: string, program?: LabStackOptions["program"]) => {
    const stack = await labStack({
      engine,
      // A lab stops the providers that another run left in its folder.
      lab: join(folder, name),
      name,
      attach: { aws: provider, command: instantHosts },
      ...defined({ program }),
    });
    t.teardown(() => stack.close());
    return {
      ...stack,
      /** Carries the settings out; returns what happened to resources that are not the same, as `update Subnet NAME`. */
      to: async (config: StackConfig) => {
        await stack.setConfig(config);
        const events: EngineEvent[] = [];
        const { outputs } = await stack.up({ onEvent: (event) => events.push(event) });
        return { outputs, steps: stepsOf(events) };
      },
    };
  };
  return { aws, open };
}

function stepsOf(events: readonly EngineEvent[]): string[] {
  return events
    .flatMap(({ resourcePreEvent }) => {
      const { op = "same", urn = "" } = resourcePreEvent?.metadata ?? {};
      const [, , types = "", name] = urn.split("::");
      const type = types.slice(types.lastIndexOf(":") + 1);
      const isOwn = ["same", "create-replacement", "delete-replaced", "read"].includes(op);
      return isOwn || type === "Stack" ? [] : [`${op} ${type} ${name}`];
    })
    .toSorted();
}

/** Everything that the account holds of a stack, by its tag, without what is not tagged. */
export function ofStack(aws: Aws, stack: string): readonly object[] {
  return aws
    .resources()
    .filter(({ inputs }) => Object(inputs.tags)["hybrid:stack"] === stack)
    .map((resource) => structuredClone(resource));
}

/**
 * Returns the message with which a run fails. The engine ends meanwhile, so the program's last calls to it are unanswered:
 * their rejections are not the test's.
 */
export async function failureOf(run: () => Promise<unknown>): Promise<string> {
  const before = process.listeners("unhandledRejection");
  const ignore = () => undefined;
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", ignore);
  try {
    await run();
  } catch (error) {
    // They come after the engine's own end.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return error instanceof Error ? error.message : String(error);
  } finally {
    process.off("unhandledRejection", ignore);
    for (const listener of before) process.on("unhandledRejection", listener);
  }
  throw new Error("the run did not fail");
}
