import { strict as assert } from "node:assert";
import { labNodes, pinnedNode } from "../../hosts.ts";
import { check } from "../check.ts";
import { containerOf } from "../support/containers.ts";

export default check({
  title: "Redis runs on the pinned node only",
  after: "both-ways",
  run: async () => {
    const running = await Promise.all(
      labNodes().map(async ({ name }) => {
        return (await containerOf("redis", name)) === undefined ? [] : [name];
      }),
    );
    const pinned = pinnedNode().name;
    assert.deepEqual(running.flat(), [pinned]);
    return pinned;
  },
});
