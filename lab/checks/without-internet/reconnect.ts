import { strict as assert } from "node:assert";
import { cloud } from "../../cloud.ts";
import { firstNode } from "../../hosts.ts";
import { seconds } from "../../progress.ts";
import { killVpnEndpoint, restartVpnEndpoint } from "../../world/vpn-endpoint.ts";
import { check } from "../check.ts";
import { agentsAre, startAnother } from "../support/tasks.ts";

export default check({
  title: "Both tunnels down, then up: the agents come back, a new task starts",
  details: "Its image is pulled again",
  after: "dns-servers",
  run: async () => {
    const node = firstNode();
    const tasks = async () =>
      (await cloud.tasks()).filter(({ lastStatus }) => lastStatus === "RUNNING").length;
    const before = await tasks();
    await Promise.all([killVpnEndpoint(1), killVpnEndpoint(2)]);
    try {
      await agentsAre(false, 120);
      assert.equal(await tasks(), before, "tasks while the tunnels are down");
    } finally {
      await Promise.all([restartVpnEndpoint(1), restartVpnEndpoint(2)]);
    }
    const since = Date.now();
    await agentsAre(true, 120);
    const back = seconds(since);
    return `agents lost, and back ${back} after the tunnels' other ends; new task in ${await startAnother(node.name, 120)}`;
  },
});
