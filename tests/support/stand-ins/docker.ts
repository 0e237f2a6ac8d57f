import { execFileSync } from "node:child_process";
import { dockerInfo } from "./debian.ts";
import { type Part, state } from "./host.ts";

export interface DockerState {
  /** Its unit is enabled and active. Default: false. */
  readonly running?: boolean;
  /** Default: true. */
  readonly limitsMemory?: boolean;
}

/** The distribution's Docker, installed before any step. */
export function docker({ running = false, limitsMemory = true }: DockerState = {}): Part {
  return (host) => {
    const run = (command: string, ...args: readonly string[]) =>
      execFileSync(command, args, { env: host.environment });
    run("apt-get", "-y", "install", "docker.io");
    host.write(`${state}/docker-info.json`, dockerInfo("20.10.24", limitsMemory));
    if (running) run("systemctl", "enable", "--now", "docker.service");
  };
}
