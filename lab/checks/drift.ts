import { strict as assert } from "node:assert";
import type { HostStep } from "../engine/steps.ts";
import { carryOut } from "../operations.ts";
import { changeSettings, labConfig, readSettings } from "../settings.ts";
import { inHost, sshCommand } from "../world/host.ts";
import { run } from "../world/run.ts";
import { laptop } from "../world/topology.ts";
import { type Check, gatewayHost, labHosts, labNodes } from "./check.ts";

/** What differs on the hosts from what the stack put there: the stack's own steps, told only to look. */
export async function findDrift(): Promise<readonly string[]> {
  const { outputs } = await carryOut({ operation: "steps", stack: "lab" });
  const steps = outputs.steps as readonly HostStep[];
  const found = await Promise.all(
    labHosts().map(async (host) => {
      const differences: string[] = [];
      for (const { name, program } of steps.filter((step) => step.host === host.name)) {
        const argv = sshCommand(host, ["sudo", "-n", "sh", "-s", "--", "check"]);
        const { changed }: { changed: string[] } = JSON.parse(
          await run(argv, { input: program, netns: laptop }),
        );
        differences.push(...changed.map((what) => `${host.name} ${name}: ${what}`));
      }
      return differences;
    }),
  );
  return found.flat();
}

export const drift: Check = {
  name: "drift",
  title: "Drift on hosts is found, and mended by an up that asks for it",
  run: async () => {
    assert.deepEqual(await findDrift(), [], "drift before anything was changed by hand");
    const [node] = labNodes();
    assert(node);
    await inHost(node.name, ["ip", "route", "del", "10.0.0.0/16"]);
    await inHost(gatewayHost().name, ["sed", "-i", "s/^/# by hand: /", "/etc/ipsec.conf"]);
    const found = await findDrift();
    assert(
      found.some((line) => line.startsWith(`${node.name} static-route:`)),
      `the route was not missed: ${found}`,
    );
    assert(
      found.includes(`${gatewayHost().name} vpn-gateway: /etc/ipsec.conf`),
      `the file was not seen: ${found}`,
    );
    const settings = changeSettings({ converge: readSettings().converge + 1 });
    await carryOut({ operation: "up", stack: "lab", config: await labConfig(settings) });
    assert.deepEqual(await findDrift(), [], "drift after the up");
    return found.join("; ");
  },
};
