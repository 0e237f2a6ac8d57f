/** A stack of this project's files on the real engine, which is changed again and again. */
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { ExecutionContext } from "ava";
import type { StackConfig } from "../../../lab/engine/config.ts";
import { findEngine } from "../../../lab/engine/engine.ts";
import { instantStack } from "../../../lab/instant/world.ts";
import { openStackFile, settings, withStandIns } from "../../../tools/stack-file.ts";
import { byLab, need } from "../../support/needs.ts";

const root = join(import.meta.dirname, "../../..");
const engine = await findEngine(join(root, ".lab/engine"));
need(engine === undefined ? ["Pulumi engine"] : [], byLab);

/** Returns what an `up` did to resources that are not `same`: `update hits-logs`. */
function stepsOf(events: readonly EngineEvent[]): string[] {
  return events
    .flatMap(({ resourcePreEvent }) => {
      const { op = "same", urn = "", type = "" } = resourcePreEvent?.metadata ?? {};
      return op === "same" || type.startsWith("pulumi:") ? [] : [`${op} ${urn.split("::").at(-1)}`];
    })
    .toSorted();
}

/** Opens a stack, not yet up, with the settings of its file. */
export async function living(t: ExecutionContext, name: string) {
  t.timeout(900_000);
  if (engine === undefined) throw new Error("no engine");
  const stack = await instantStack({ engine, name });
  t.teardown(() => stack.close());
  let config = withStandIns(settings(await openStackFile(root, name))) as unknown as StackConfig;
  return {
    aws: stack.aws,
    config,
    /** Changes settings, brings the stack up, and returns what that did. */
    up: async (change: Partial<StackConfig> = {}) => {
      config = { ...config, ...change };
      await stack.setConfig(config);
      const events: EngineEvent[] = [];
      const { stdout } = await stack.up({ onEvent: (event) => events.push(event) });
      return { steps: stepsOf(events), stdout };
    },
    /** Returns what the next `up` would do. */
    preview: async () => {
      const events: EngineEvent[] = [];
      await stack.preview({ onEvent: (event) => events.push(event) });
      return stepsOf(events);
    },
    /** Returns what the engine printed. */
    destroy: async () => (await stack.destroy()).stdout,
  };
}
