import { script } from "../script.ts";
import type { Step } from "../step.ts";

/**
 * Lets the kernel limit memory from the next boot on, by a flag on the one line of `cmdline.txt`. A kernel that limits
 * memory without the flag, such as a PC's, needs no flag and no reboot. `kernel` verifies that it came into force.
 */
export function bootFlags(): Step {
  return {
    name: "boot-flags",
    script: script("shared/supported-host.sh", "shared/memory-controller.sh", "boot-flags.sh"),
    needsReboot: true,
  };
}
