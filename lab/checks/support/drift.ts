import type { HostStep } from "../../engine/steps.ts";
import { labHosts } from "../../hosts.ts";
import { carryOut } from "../../operations.ts";
import { inHost } from "../../world/host.ts";

/** Returns the steps that the stack has shipped, as its state has them. */
export async function shippedSteps(): Promise<readonly HostStep[]> {
  const { outputs } = await carryOut({ operation: "steps", stack: "lab" });
  return outputs.steps as readonly HostStep[];
}

/** Returns what differs on the hosts from what the stack put there: its own steps, told only to look. */
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
