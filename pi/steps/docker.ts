import { script } from "../script.ts";
import type { Step } from "../step.ts";

/**
 * Docker from the distribution, unless the host has one already; started at boot, and able to limit memory.
 *
 * Facts: `dockerVersion`, `cgroupVersion` (1 or 2).
 */
export function docker(): Step {
  return {
    name: "docker",
    packages: [
      {
        name: "docker.io",
        unless: ["docker.service"],
        leaves: { groups: ["docker"], folders: ["/etc/docker", "/var/lib/containerd"] },
      },
      // A separate package since Debian 13.
      { name: "docker-cli", unless: ["/usr/bin/docker", "/usr/local/bin/docker"] },
    ],
    units: [{ name: "docker.service", enabled: true, running: true }],
    remember: ["forwarding"],
    script: script("shared/supported-host.sh", "shared/json.sh", "docker.sh"),
    settleSeconds: 30,
  };
}
