import { strict as assert } from "node:assert";
import type { HostStep } from "../engine/steps.ts";
import { carryOut } from "../operations.ts";
import { changeSettings, labConfig, readSettings } from "../settings.ts";
import { inHost } from "../world/host.ts";
import { type Check, gatewayHost, labHosts, labNodes } from "./check.ts";

/** The steps that the stack has shipped, as its state has them. */
export async function shippedSteps(): Promise<readonly HostStep[]> {
  const { outputs } = await carryOut({ operation: "steps", stack: "lab" });
  return outputs.steps as readonly HostStep[];
}

/** What differs on the hosts from what the stack put there: its own steps, told only to look. */
export async function findDrift(steps?: readonly HostStep[]): Promise<readonly string[]> {
  const shipped = steps ?? (await shippedSteps());
  const found = await Promise.all(
    labHosts().map(async (host) => {
      const differences: string[] = [];
      for (const { name, program } of shipped.filter((step) => step.host === host.name)) {
        const answer = await inHost(host.name, ["sh", "-s", "--", "check"], program);
        const { changed }: { changed: string[] } = JSON.parse(answer);
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
    const gateway = gatewayHost().name;
    // Where the gateway is the node, nobody has a route by it.
    const routed = labNodes().find(({ name }) => name !== gateway)?.name;
    const steps = await shippedSteps();
    const before = await findDrift(steps);
    assert.deepEqual(
      before,
      [],
      "changed on the hosts since the last up; have it mended with `npm run lab -- --converge`",
    );
    if (routed) await inHost(routed, ["ip", "route", "del", "10.0.0.0/16"]);
    await inHost(gateway, ["sed", "-i", "s/^/# by hand: /", "/etc/ipsec.conf"]);
    const found = await findDrift(steps);
    assert(
      !routed || found.some((line) => line.startsWith(`${routed} static-route:`)),
      `the route was not missed: ${found}`,
    );
    assert(found.includes(`${gateway} vpn-gateway: /etc/ipsec.conf`), `the file was not seen: ${found}`);
    const settings = changeSettings({ converge: readSettings().converge + 1 });
    await carryOut({ operation: "up", stack: "lab", config: await labConfig(settings) });
    assert.deepEqual(await findDrift(steps), [], "drift after the up");
    return found.join("; ");
  },
};
