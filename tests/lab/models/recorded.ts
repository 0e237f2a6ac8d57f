/** What a stack file of this project makes on the simulated AWS: all resources with their inputs. */
import type { Resource } from "../../../lab/aws/account.ts";
import type { Aws } from "../../../lab/aws/aws.ts";
import { openStackFile, settings, withStandIns } from "../../../tools/stack-file.ts";
import { withAws } from "../../support/mocks.ts";
import { healthyHosts, type Settings } from "../../support/program.ts";

export interface Run {
  /** For example `ecs-anywhere-hybrid`. */
  readonly project?: string;
  readonly stack?: string;
  readonly region?: string;
  readonly settings: Settings;
}

let runs = 0;

/** Returns the account after the program has run with these settings. */
export async function runProgramAgain(run: Run): Promise<Aws> {
  const { project = "ecs-anywhere-hybrid", stack = "dev", region = "us-east-1" } = run;
  const own = Object.entries(run.settings).map(([key, value]) => [
    `${project}:${key}`,
    JSON.stringify(value),
  ]);
  const account = await withAws({
    project,
    stack,
    region,
    ssh: healthyHosts,
    config: { "aws:region": region, ...Object.fromEntries(own) },
  });
  // index.ts registers its resources when it is evaluated: each query makes it another module.
  runs += 1;
  await import(`../../../index.ts?run=${runs}`);
  await account.registered();
  return account.aws;
}

/** Returns the settings of an example stack, with stand-ins for what only its owner knows. */
export async function exampleSettings(stack: string): Promise<Settings> {
  const file = await openStackFile(new URL("../../..", import.meta.url).pathname, stack);
  return withStandIns(settings(file));
}

export const recorded = async (stack: string): Promise<readonly Resource[]> =>
  (await runProgramAgain({ stack, settings: await exampleSettings(stack) })).resources();
