import { strict as assert } from "node:assert";
import { randomInt } from "node:crypto";
import { firstNode } from "../../hosts.ts";
import { carryOut } from "../../operations.ts";
import { changeSettings, labConfig } from "../../settings.ts";
import { check } from "../check.ts";
import { finishUp, killAnUp } from "../support/killed-up.ts";
import { changesSinceBare } from "../support/snapshot.ts";

export default check({
  title:
    "A node taken out of the stack is bare; an up that is killed among its creates, and the next one, put it back",
  nodes: 2,
  run: async () => {
    const node = firstNode();
    const without = await labConfig(changeSettings({ without: [node.name] }));
    await carryOut({ operation: "up", stack: "lab", config: without });
    assert.deepEqual(await changesSinceBare(node.name), [], `left on ${node.name}`);
    const config = await labConfig(changeSettings({ without: [] }));
    // A node has seven steps and more.
    const began = new RegExp(` ${node.name}-\\S+ creating \\(`);
    const during = await killAnUp(config, began, randomInt(1, 8));
    return `${node.name} was bare; killed after \`${during}\`; then ${await finishUp()}`;
  },
});
