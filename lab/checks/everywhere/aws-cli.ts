import { strict as assert } from "node:assert";
import { askAws } from "../../commands/aws.ts";
import { labNodes } from "../../hosts.ts";
import { check } from "../check.ts";

const cluster = "ecs-anywhere-hybrid-lab";

export default check({
  title: "The real AWS CLI sees the tasks, the nodes with their addresses, and the logs",
  beside: "page",
  run: async () => {
    const { taskArns } = JSON.parse(
      await askAws("ecs", "list-tasks", "--cluster", cluster, "--output", "json"),
    );
    const singles = ["redis", "direct", "worker"];
    const many = labNodes().length + singles.length;
    assert.equal(taskArns.length, many, `a task of the page on each node, and ${singles}`);
    const query = "InstanceInformationList[?PingStatus=='Online'].IPAddress";
    const nodes = await askAws("ssm", "describe-instance-information", "--query", query, "--output", "json");
    assert.deepEqual(
      JSON.parse(nodes).toSorted(),
      labNodes()
        .map(({ address }) => address)
        .toSorted(),
    );
    const log = await askAws("logs", "tail", `/ecs/${cluster}/services/hits`, "--since", "1d");
    assert.match(log, /Listening on port 8080/);
    return `${taskArns.length} tasks, ${labNodes().length} nodes, ${log.trim().split("\n").length} lines of the page's log`;
  },
});
