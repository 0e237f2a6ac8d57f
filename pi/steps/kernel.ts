import type { Step } from "../step.ts";
import {
  memoryController,
  rebootNeeded,
  sixtyFourBit,
  supportedSystem,
  untilReboot,
} from "./supported-host.ts";

/** Arguments of {@link kernel}. */
export interface KernelArgs {
  /** The steps whose changes take effect only after a reboot: it must have come. */
  readonly needs: readonly Step[];
}

/**
 * What nodes need of the running system, after the reboot: a 64-bit userland of a known system, and a kernel that
 * limits memory. Changes nothing.
 *
 * Facts: `kernel` (release), `system`, `architecture`, `cgroup` (v1 or v2).
 */
export function kernel({ needs }: KernelArgs): Step {
  const rebooted = needs.map(({ name }) => name).join(" ");
  return {
    name: "kernel",
    verify: `${memoryController}${rebootNeeded}
[ ! -e "${untilReboot}/rebooting" ]
if reboot_needed ${rebooted}; then exit 1; fi
memory_controller
${supportedSystem}${sixtyFourBit}
fact kernel "$(uname -r)"
fact system "$PRETTY_NAME"
fact architecture "$userland"
fact cgroup "$cgroup"
`,
    require: `${supportedSystem}${sixtyFourBit}${memoryController}${rebootNeeded}
tries=180
while [ -e "${untilReboot}/rebooting" ] && [ "$tries" -gt 0 ]; do
  sleep 1
  tries=$((tries - 1))
done
! reboot_needed ${rebooted} ||
  fail "reboot" "the host is still in the boot in which its boot files were changed" "must have rebooted since" \\
    "reboot the host by hand, then run again"
memory_controller ||
  fail "kernel" "$(uname -r), command line: $(cat "$ROOT/proc/cmdline")" "must be able to limit memory" \\
    "look for what takes cgroup_enable=memory back on the command line"
`,
    settleSeconds: 0,
  };
}
