import { strict as assert } from "node:assert";
import { firstNode } from "../../hosts.ts";
import { until } from "../../world/run.ts";
import { check } from "../check.ts";
import { passesPreflight, runPreflight } from "../support/preflight.ts";
import { type Fault, faults } from "../support/preflight-faults.ts";

/** The line that names the cause; throws unless there is one, and it is this one. */
async function blames(node: string, { cause, what }: Fault): Promise<string> {
  const { printed, status, seconds } = await runPreflight(node);
  const [line = "", ...others] = printed.split("\n\n")[1]?.trim().split("\n") ?? [];
  assert(line.startsWith(`${cause} (`) && others.length === 0 && status === 1, `${what}: ${printed}`);
  return `${cause} in ${seconds.toFixed(1)} s`;
}

export default check({
  title: "The way to AWS is broken in one place at a time: the node's preflight names the place",
  details:
    "The places: route, tunnels, security groups, a zone, the DNS server, a poisoned answer, /etc/hosts, MTU. Each is repaired afterwards",
  after: "preflight",
  run: async () => {
    const node = firstNode();
    const named: string[] = [];
    for (const fault of faults) {
      await passesPreflight(node.name);
      await fault.make(node.name);
      try {
        named.push(await blames(node.name, fault));
      } finally {
        await fault.repair(node.name);
        await until(
          async () => ((await runPreflight(node.name)).status === 0 ? true : undefined),
          async () =>
            new Error(`${fault.what}: repaired, and still ${(await runPreflight(node.name)).printed}`),
          { seconds: 90, everyMs: 1000 },
        );
      }
    }
    return named.join(", ");
  },
});
