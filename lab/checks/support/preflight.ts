import { strict as assert } from "node:assert";
import { inHost } from "../../world/host.ts";

const program = "/usr/local/lib/ecs-anywhere-hybrid/preflight";

/** Runs a node's own preflight program. */
export async function runPreflight(
  node: string,
): Promise<{ printed: string; status: number; seconds: number }> {
  const since = Date.now();
  const output = await inHost(node, ["sh", "-c", `${program} 2>&1; echo "status $?"`]);
  const [, printed = "", status = ""] = /^(.*)status (\d+)\n$/s.exec(output) ?? [];
  return { printed, status: Number(status), seconds: (Date.now() - since) / 1000 };
}

/** Returns how many seconds it took to say that all is well; throws if it said something else. */
export async function passesPreflight(node: string): Promise<string> {
  const { printed, status, seconds } = await runPreflight(node);
  assert.equal(status, 0, `${node}: ${printed}`);
  return seconds.toFixed(1);
}
