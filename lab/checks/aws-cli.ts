import { strict as assert } from "node:assert";
import { awsCommand } from "../commands/aws.ts";
import { run } from "../world/run.ts";
import { type Check, labNodes } from "./check.ts";

const cluster = "ecs-anywhere-hybrid-lab";

/** What the real AWS CLI prints. */
export async function ask(...args: readonly string[]): Promise<string> {
  const { argv, env } = awsCommand(args);
  return await run(argv, { env });
}

export const awsCli: Check = {
  name: "aws-cli",
  title: "The real AWS CLI sees the tasks, the nodes with their addresses, and the logs",
  run: async () => {
    const { taskArns } = JSON.parse(await ask("ecs", "list-tasks", "--cluster", cluster, "--output", "json"));
    const singles = ["redis", "direct", "worker"];
    const many = labNodes().length + singles.length;
    assert.equal(taskArns.length, many, `a task of the page on each node, and ${singles}`);
    const query = "InstanceInformationList[?PingStatus=='Online'].IPAddress";
    const nodes = await ask("ssm", "describe-instance-information", "--query", query, "--output", "json");
    assert.deepEqual(
      JSON.parse(nodes).toSorted(),
      labNodes()
        .map(({ address }) => address)
        .toSorted(),
    );
    const log = await ask("logs", "tail", `/ecs/${cluster}/services/hits`, "--since", "1d");
    assert.match(log, /Listening on port 8080/);
    return `${taskArns.length} tasks, ${labNodes().length} nodes, ${log.trim().split("\n").length} lines of the page's log`;
  },
};
