/** A district of a stack file of this project, built on the simulated AWS with hosts on which every step succeeds. */
import type { ExecutionContext } from "ava";
import { parse } from "../../config/parse.ts";
import type { HybridConfig } from "../../config/schema.ts";
import { openStackFile, settings, withStandIns } from "../../tools/stack-file.ts";
import { withAws } from "../support/mocks.ts";
import { graphOf, healthyHosts, type Settings } from "../support/program.ts";

const region = "us-east-1";

/**
 * @param change what the stack's owner has changed in its file
 * @param build gets the configuration as index.ts has it
 */
export async function district<T>(
  t: ExecutionContext,
  stack: string,
  build: (config: HybridConfig & { readonly region: string }) => T,
  change: (settings: Settings) => Settings = (settings) => settings,
) {
  const file = await openStackFile(new URL("../..", import.meta.url).pathname, stack);
  const config = { ...parse(change(withStandIns(settings(file))), region), region };
  const aws = await withAws({ project: "ecs-anywhere-hybrid", stack, ssh: healthyHosts });
  const result = build(config);
  const resources = await aws.registered();
  const subnetId = (name: string) =>
    resources.find((resource) => resource.type.endsWith(":Subnet") && resource.name === name)?.id;
  return { result, resources, subnetId, ...graphOf(t, resources) };
}
