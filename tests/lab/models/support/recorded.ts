/** What the program makes on the simulated AWS, with settings of one's choice, several times in one process. */
import * as pulumi from "@pulumi/pulumi";
import type { Resource } from "../../../../lab/aws/account.ts";
import type { Aws } from "../../../../lab/aws/aws.ts";
import { openStackFile, settings, withStandIns } from "../../../../tools/stack-file.ts";
import { failureOf, withAws } from "../../../support/mocks.ts";
import { healthyHosts, type Settings } from "../../../support/program.ts";

export interface Run {
  /** Pulumi's name of the project. */
  readonly project?: string;
  readonly stack?: string;
  readonly region?: string;
  readonly settings: Settings;
  /** What the account holds before. */
  readonly prepare?: (aws: Aws) => void;
}

let runs = 0;

/** Runs index.ts in a stack of its own. It registers its resources when it is evaluated: each query makes it another module. */
function program(): Promise<unknown> {
  runs += 1;
  return pulumi.runtime.runInPulumiStack(
    async () => (await import(`../../../../index.ts?run=${runs}`)).default,
  );
}

async function prepared({
  project = "ecs-anywhere-hybrid",
  stack = "dev",
  region = "us-east-1",
  ...run
}: Run) {
  const { settings: given, prepare = () => undefined } = run;
  const account = await withAws({ project, stack, region, ssh: healthyHosts, prepare });
  const config = {
    "aws:region": region,
    ...Object.fromEntries(
      Object.entries(given).map(([key, value]) => [`${project}:${key}`, JSON.stringify(value)]),
    ),
  };
  // As if the owner had encrypted every setting.
  pulumi.runtime.setAllConfig(config, Object.keys(config));
  return account;
}

/** Returns the account after the program has run. */
export async function accountAfter(run: Run): Promise<Aws> {
  const account = await prepared(run);
  await program();
  await account.registered();
  return account.aws;
}

/** Returns the resources of the account after the program has run. */
export const recorded = async (run: Run): Promise<readonly Resource[]> =>
  (await accountAfter(run)).resources();

/**
 * Returns what the program has made, also if the account then refused something: it has no cluster, key or certificate that
 * the settings only name.
 */
export async function recordedInPart(run: Run): Promise<readonly Resource[]> {
  const account = await prepared(run);
  // It throws if the program does not fail, which is as well.
  await failureOf(account, program).catch(() => undefined);
  return account.aws.resources();
}

/** Returns the settings of an example stack, with stand-ins for what only its owner knows. */
export async function example(stack: string): Promise<Settings> {
  const file = await openStackFile(new URL("../../../..", import.meta.url).pathname, stack);
  return withStandIns(settings(file));
}
