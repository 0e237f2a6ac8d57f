/** Refusals that need a stack of their own: after an `up` that ended halfway, and of a port that a removed service holds. */
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { openStackFile, settings, withStandIns } from "../../tools/stack-file.ts";
import type { Pace } from "../aws/front/pace.ts";
import type { StackConfig } from "../engine/config.ts";
import type { Engine } from "../engine/engine.ts";
import { type InstantStack, instantStack } from "../instant/world.ts";
import { project } from "../world/paths.ts";
import { stepsOf } from "./steps.ts";

type Scene = (stack: InstantStack, config: StackConfig) => Promise<readonly string[]>;

/** Returns what a preview and an `up` with these settings did other than to refuse them. */
async function unlessRefused(
  stack: InstantStack,
  config: StackConfig,
  message: RegExp,
): Promise<readonly string[]> {
  await stack.setConfig(config);
  const problems: string[] = [];
  for (const operation of ["preview", "up"] as const) {
    const events: EngineEvent[] = [];
    const onEvent = (event: EngineEvent) => events.push(event);
    const said = await stack[operation]({ onEvent }).then(
      () => "",
      (error: Error) => error.message,
    );
    if (!message.test(said)) problems.push(`${operation}: must say ${message}: ${said}`);
    problems.push(...stepsOf(events).map((step) => `${operation}: "${step}" happened before it was refused`));
  }
  return problems;
}

/** A first `up` that ends halfway has made the VPC: its range is refused until it is destroyed. */
const halfway: Scene = async (stack, config) => {
  await stack.setConfig(config);
  const interrupt = new AbortController();
  const onEvent = ({ resourcePreEvent }: EngineEvent) => {
    if (resourcePreEvent?.metadata.urn.endsWith("::network-private-us-east-1a")) interrupt.abort();
  };
  const ended = await stack.up({ onEvent, signal: interrupt.signal }).then(
    () => ["the first up: must end halfway"],
    () => [],
  );
  const other = { ...config, network: { ...config.network, cidr: "10.8.0.0/16" } };
  const message = /network\.cidr: 10\.8\.0\.0\/16: must stay 10\.0\.0\.0\/16, /;
  const problems = await unlessRefused(stack, other, message);
  await stack.destroy();
  await stack.up();
  return [...ended, ...problems];
};

/** A service cannot wait for the host port of one that the same `up` removes; `formerly` and two `up`s are ways out. */
const heldPort: Scene = async (stack, config) => {
  await stack.setConfig(config);
  await stack.up();
  const { redis, ...others } = { ...config.services };
  if (!redis) return ["the stack must have a service redis"];
  const taken = { ...config, services: { ...others, valkey: redis } };
  const message = /services\.valkey\.network\.ports: tcp\/6379: must not be taken over from services\.redis /;
  const problems = await unlessRefused(stack, taken, message);
  const ways = [{ ...others, valkey: { ...redis, formerly: "redis" } }, others, { ...others, redis }];
  for (const services of ways) {
    await stack.setConfig({ ...config, services });
    await stack.up();
  }
  return problems;
};

export const scenes = { "an up that ended halfway": halfway, "a port that is held": heldPort } as const;

/** Plays a scene on the stack `home`. Returns what went wrong. */
export async function play(
  engine: Engine,
  name: keyof typeof scenes,
  pace: Pace,
): Promise<readonly string[]> {
  const config = withStandIns(settings(await openStackFile(project, "home"))) as unknown as StackConfig;
  const stack = await instantStack({ engine, name: "home", pace });
  try {
    return await scenes[name](stack, config);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    await stack.close();
  }
}
