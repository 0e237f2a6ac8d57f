import { strict as assert } from "node:assert";
import { cloud } from "../../cloud.ts";
import { previewOrder } from "../../commands/preview.ts";
import { labHosts } from "../../hosts.ts";
import { carryOut } from "../../operations.ts";
import { sshdConnections } from "../../world/host.ts";
import { check } from "../check.ts";

const touched = async () => ({
  connections: labHosts().map(({ name }) => sshdConnections(name)),
  account: await cloud.resources(),
});

export default check({
  title: "A preview of stack home would create it, and touches nothing",
  details: "It has only creates, opens no connection and leaves the account as it was",
  // Needs neither both tunnels nor every node.
  beside: "node-lost",
  run: async () => {
    const before = await touched();
    const { changes } = await carryOut(await previewOrder("home"));
    const { create = 0, ...others } = changes;
    assert.deepEqual(others, {}, "a preview of a new stack has nothing but creates");
    assert(create > 90, `${create} creates: VPC, VPN, cluster, three nodes and two services are more`);
    assert.deepEqual(await touched(), before, "what the preview touched");
    return `${create} creates, no connection, nothing in the account`;
  },
});
