/** Runs cases as Pulumi programs on the real engine: with the lab's provider, or with Pulumi's AWS plugin. */
import { CustomResource } from "@pulumi/pulumi";
import type { StackConfig } from "../engine/config.ts";
import type { Engine } from "../engine/engine.ts";
import { labStack } from "../engine/stack.ts";
import { run } from "../world/run.ts";
import { accepted, answerOf, resolved } from "./answer.ts";
import type { Case } from "./cases.ts";

/** The plugin's version is that of its npm package. */
const version = "7.48.0";

/** Installs Pulumi's AWS plugin where the engine looks for it. Throws if it is not available. */
export async function installAwsPlugin({ pulumi, home }: Engine): Promise<void> {
  const env = { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
  await run([pulumi.command, "plugin", "install", "resource", "aws", version], { env });
}

/** A resource of any type. */
class Resource extends CustomResource {}

/** Registers the resources of a case one after the other; the one to be refused comes last. */
function program({ given, refused }: Case): void {
  const resources = new Map<string, Resource>();
  for (const [name, [type, inputs]] of Object.entries({ ...given, refused })) {
    const props = resolved(inputs, (other) => resources.get(other)?.id) as Record<string, unknown>;
    const dependsOn = [...resources.values()];
    resources.set(name, new Resource(type, name, props, { version, dependsOn }));
  }
}

/**
 * Runs each case in turn and removes its resources. First removes those that an interrupted run left.
 * @param lab absolute path of the folder of the stack's state
 * @param socket of a simulated AWS; default: the plugin, with the credentials of the environment
 */
export async function askThroughEngine(
  cases: readonly Case[],
  report: (one: Case, answer: string) => void,
  { engine, lab, region, socket }: { engine: Engine; lab: string; region: string; socket?: string },
): Promise<void> {
  let current: Case | undefined;
  const provider = new URL("../aws/provider.ts", import.meta.url).pathname;
  const stack = await labStack({
    engine,
    lab,
    name: "verify-aws",
    region,
    program: async () => current && program(current),
    ...(socket === undefined ? {} : { attach: { aws: [provider, "--socket", socket] } }),
  });
  try {
    // Only the Region: the program is not the project's.
    await stack.setConfig({} as StackConfig);
    await stack.destroy();
    for (current of cases) {
      const answer = await stack.up().then(() => accepted, answerOf);
      await stack.destroy();
      report(current, answer);
    }
  } finally {
    await stack.close();
  }
}
