/** A stack's own tags: everything in AWS that can have tags has them. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { openStackFile, settings, withStandIns } from "../../tools/stack-file.ts";
import { withAws } from "../support/mocks.ts";
import { healthyHosts } from "../support/program.ts";

const own = { owner: "web team", "cost centre": "4711" };

/** Runs the program as the CLI does, with a stack that all resources belong to. Each query makes index.ts another module. */
async function tagged(stack: string) {
  const file = await openStackFile(new URL("../..", import.meta.url).pathname, stack);
  const config = { ...withStandIns(settings(file)), tags: own };
  const aws = await withAws({
    project: "ecs-anywhere-hybrid",
    stack,
    ssh: healthyHosts,
    config: Object.fromEntries(
      Object.entries(config).map(([key, value]) => [`ecs-anywhere-hybrid:${key}`, JSON.stringify(value)]),
    ),
  });
  await pulumi.runtime.runInPulumiStack(async () => {
    await import(`../../index.ts?tags=${stack}`);
    return {};
  });
  return aws.registered();
}

const provider = dirname(createRequire(import.meta.url).resolve("@pulumi/aws/package.json"));

/** Whether AWS's provider has tags for a type, by its own typings. */
function takesTags(type: string): boolean {
  const [, module = ""] = /^aws:(.*):/.exec(type) ?? [];
  const typings = readFileSync(join(provider, `${module}.d.ts`), "utf8");
  const args = typings.slice(typings.search(/export interface \w+Args/));
  return /^ {4}tags\?: /m.test(args);
}

for (const stack of ["dev", "home", "private"])
  test.serial(
    `stack ${stack}: every resource that can have tags has the stack's own, and keeps the program's`,
    async (t) => {
      const resources = (await tagged(stack)).filter(({ type }) => type.startsWith("aws:"));
      t.true(resources.length > 20);
      for (const { type, name, inputs } of resources) {
        const tags = inputs.tags as Readonly<Record<string, string>> | undefined;
        t.is(tags !== undefined, takesTags(type), `${type} ${name}`);
        if (tags) t.like(tags, { ...own, "hybrid:stack": stack }, `${type} ${name}`);
        if (tags) t.truthy(tags.Name, name);
      }
    },
  );
