/** A program of a test's own on the real engine, with the simulated AWS behind it. */
import type { ExecutionContext } from "ava";
import type { Aws } from "../../../lab/aws/aws.ts";
import type { LabStack, LabStackOptions, UpOptions } from "../../../lab/engine/stack.ts";
import { account, failureOf } from "./account.ts";

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
  program: NonNullable<LabStackOptions["program"]>,
): Promise<SimulatedStack> {
  const { aws, open } = await account(t);
  const stack = await open("test", program);
  await stack.setConfig(stackConfig);
  const up = async (options: UpOptions = {}) => (await stack.up(options)).summary.resourceChanges ?? {};
  const failedUp = (options: UpOptions = {}) => failureOf(() => up(options));
  return { aws, stack, up, failedUp };
}
