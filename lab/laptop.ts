/**
 * The process on the laptop: one operation of the engine on the stack `lab`, in a process of its own, because a network
 * namespace belongs to a process. Reads an Order from stdin; prints a line of JSON for each thing that happens, and
 * the outcome as the last one.
 */

import { join } from "node:path";
import { json } from "node:stream/consumers";
import { adoptFromAccount } from "./engine/adopt.ts";
import { findEngine } from "./engine/engine.ts";
import { labStack } from "./engine/stack.ts";
import type { Order, Outcome, Said } from "./operations.ts";
import { paths } from "./world/paths.ts";

const say = (said: Said) => console.log(JSON.stringify(said));

const order = (await json(process.stdin)) as Order;
const engine = await findEngine(paths.engine);
if (!engine) {
  throw new Error("engine: not there any more; run `npm run lab`, which obtains it");
}
const stack = await labStack({
  engine,
  lab: paths.lab,
  name: order.stack,
  attach: {
    aws: [new URL("aws/provider.ts", import.meta.url).pathname, "--socket", paths.awsSocket],
  },
  adopt: adoptFromAccount(join(paths.aws, "state.json")),
  progress: (line) => say({ line }),
});

async function carryOut(): Promise<Outcome> {
  if (order.config) {
    await stack.setConfig(order.config);
  }
  const watch = { onOutput: (text: string) => say({ line: text }) };
  switch (order.operation) {
    case "up": {
      const { outputs, summary } = await stack.up(watch);
      return { changes: summary.resourceChanges ?? {}, outputs: values(outputs) };
    }
    case "preview":
      return { changes: (await stack.preview(watch)).changeSummary, outputs: {} };
    case "destroy":
      return { changes: (await stack.destroy(watch)).summary.resourceChanges ?? {}, outputs: {} };
    case "outputs":
      return { changes: {}, outputs: values(await stack.outputs()) };
    case "steps":
      return { changes: {}, outputs: { steps: await stack.steps() } };
    case "privateKeys":
      return { changes: {}, outputs: { privateKeys: await stack.privateKeys() } };
    case "export":
      return { changes: {}, outputs: JSON.parse(await stack.export()) };
  }
}

const values = (outputs: Awaited<ReturnType<typeof stack.outputs>>) =>
  Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value]));

try {
  say({ outcome: await carryOut() });
} catch (error) {
  say({ failure: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
} finally {
  await stack.close();
}
