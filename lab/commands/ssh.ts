import { readSettings } from "../settings.ts";
import { sshCommand } from "../world/host.ts";
import { inNamespace } from "../world/run.ts";
import { hostsOf, laptop } from "../world/topology.ts";
import { foreground } from "./foreground.ts";

/** A shell on a host, or a command: over SSH from the laptop, with the person's key and the pinned host key. */
export async function ssh([name, ...command]: readonly string[]): Promise<number> {
  const hosts = hostsOf(readSettings().nodes);
  const host = hosts.find((host) => host.name === name);
  if (!host) {
    throw new Error(
      `ssh: ${name ?? "(missing)"}: must be a host of the lab; choose one of ${hosts.map(({ name }) => name).join(", ")}`,
    );
  }
  return await foreground(inNamespace(laptop, sshCommand(host, command)));
}
