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
    script: script("shared/supported-host.sh", "shared/json.sh", "shared/notes.sh", "docker.sh"),
    verify: ":",
    settleSeconds: 30,
  };
}
