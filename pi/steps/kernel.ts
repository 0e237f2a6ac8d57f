import { script } from "../script.ts";
import type { Step } from "../step.ts";

/** Arguments of {@link kernel}. */
export interface KernelArgs {
  /** The steps whose changes take effect only after a reboot, which must have happened. */
  readonly needs: readonly Step[];
}

/**
 * Checks what a node needs of the running system, after the reboot. Changes nothing.
 *
 * Facts: `kernel` (release), `system`, `architecture`, `cgroup` (v1 or v2).
 */
export function kernel({ needs }: KernelArgs): Step {
  return {
    name: "kernel",
    script: script(
      "shared/supported-host.sh",
      "shared/memory-controller.sh",
      "shared/reboot.sh",
      "kernel.sh",
    ),
    variables: { REBOOT_FOR: needs.map(({ name }) => name) },
    settleSeconds: 0,
  };
}
