/** Runs the program of a stack file of this project on the simulated AWS, with hosts on which every step succeeds. */
import * as pulumi from "@pulumi/pulumi";
import type { ExecutionContext } from "ava";
import { openStackFile, settings, withStandIns } from "../../tools/stack-file.ts";
import { type Registered, type Ssh, withAws } from "./mocks.ts";

const facts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fan: { temperatureCelsius: "48.3" },
  "vpn-gateway": { tunnel1: "UP", tunnel2: "UP" },
  preflight: {
    measuredAt: "2026-11-21T12:00:00Z",
    "ssm.us-east-1.amazonaws.com": "ssm\tok\t10.0.0.4,10.0.16.4\t",
  },
  "ecs-agent": {
    managedInstanceId: "mi-0123456789abcdef0",
    containerInstanceArn: "arn:aws:ecs:us-east-1:…:1",
  },
};

/** Answers like hosts on which every step succeeds. */
export const healthyHosts: Ssh = (name) => {
  const step = Object.keys(facts).find((step) => name.endsWith(step)) ?? name;
  return JSON.stringify({ step, changed: [], facts: facts[step] ?? {} });
};

export type Settings = Readonly<Record<string, unknown>>;

/**
 * Only once per process, since index.ts registers its resources when it is evaluated.
 *
 * @param change what the stack's owner has changed in its file
 */
export async function runProgram(
  stack: string,
  change: (settings: Settings) => Settings = (settings) => settings,
) {
  const file = await openStackFile(new URL("../..", import.meta.url).pathname, stack);
  const config = change(withStandIns(settings(file)));
  const aws = await withAws({
    project: "ecs-anywhere-hybrid",
    stack,
    ssh: healthyHosts,
    config: Object.fromEntries(
      Object.entries(config).map(([key, value]) => [`ecs-anywhere-hybrid:${key}`, JSON.stringify(value)]),
    ),
  });
  // As the CLI runs it: with a stack, which all resources belong to.
  const imported = Promise.withResolvers<typeof import("../../index.ts")>();
  await pulumi.runtime.runInPulumiStack(async () => {
    imported.resolve(await import("../../index.ts"));
    return {};
  });
  const { default: program } = await imported.promise;
  return { program, resources: await aws.registered() };
}

/** Finds resources by name in what a program registered; fails the test if there is none. */
export function graphOf(t: ExecutionContext, resources: readonly Registered[]) {
  const find = (name: string) => {
    const found = resources.find((resource) => resource.name === name);
    t.truthy(found, name);
    return found;
  };
  const waitsFor = (name: string, other: string) =>
    t.true(find(name)?.dependencies.includes(find(other)?.urn ?? ""), `${name} waits for ${other}`);
  return { find, waitsFor };
}
