/** The first `up` and the destroy of the project's own stacks, whose changes in AWS take a random time each. */
import { openStackFile, settings, withStandIns } from "../../tools/stack-file.ts";
import type { Pace } from "../aws/front/pace.ts";
import { leftIn } from "../aws/left.ts";
import type { StackConfig } from "../engine/config.ts";
import type { Engine } from "../engine/engine.ts";
import { instantStack } from "../instant/world.ts";
import { project } from "../world/paths.ts";

export const stacks = ["dev", "home", "private"] as const;

/** Returns what went wrong; none if the stack came up, stayed as it was, and left an empty account. */
export async function bearAndDestroy(
  engine: Engine,
  name: (typeof stacks)[number],
  pace: Pace,
): Promise<readonly string[]> {
  const config = withStandIns(settings(await openStackFile(project, name)));
  const stack = await instantStack({ engine, name, pace });
  try {
    await stack.setConfig(config as unknown as StackConfig);
    await stack.up();
    const { changeSummary } = await stack.preview();
    const changed = Object.keys(changeSummary).filter((operation) => operation !== "same");
    await stack.destroy();
    return [
      ...changed.map((operation) => `the next preview: must find nothing to do, and finds ${operation}`),
      ...leftIn(stack.aws).left.map((line) => `after the destroy, AWS must be empty, and has ${line}`),
    ];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    await stack.close();
  }
}
