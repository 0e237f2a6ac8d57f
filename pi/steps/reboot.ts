import { createHash } from "node:crypto";
import { script } from "../script.ts";
import type { Step } from "../step.ts";

/** Arguments of {@link reboot}. */
export interface RebootArgs {
  /** The steps whose changes take effect only after a reboot. */
  readonly needs: readonly Step[];
}

/** Reboots the host if one of the steps changed something since it booted, else does nothing. */
export function reboot({ needs }: RebootArgs): Step {
  return {
    name: "reboot",
    script: script("shared/reboot.sh", "reboot.sh"),
    variables: {
      REBOOT_FOR: needs.map(({ name }) => name),
      REBOOT_UNIT: script("reboot/unit.sh"),
      // A change of those steps also changes this step.
      REBOOT_VERSION: createHash("sha256").update(JSON.stringify(needs)).digest("hex"),
    },
    settleSeconds: 0,
  };
}
