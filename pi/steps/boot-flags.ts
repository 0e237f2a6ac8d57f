import type { Step } from "../step.ts";
import { memoryController, sixtyFourBit, supportedSystem } from "./supported-host.ts";

/** A Pi's kernel boots with `cgroup_disable=memory`; this takes it back (raspberrypi/documentation, "cmdline.txt"). */
const flag = "cgroup_enable=memory";

/**
 * Has the kernel limit memory from the next boot on: the flag on the one line of `cmdline.txt`. A kernel that does it
 * without being asked, such as a PC's, needs no flag and no reboot. That it came into force is for `kernel` to verify.
 */
export function bootFlags(): Step {
  return {
    name: "boot-flags",
    detect: `${memoryController}
running=
read -r running <"$ROOT/proc/cmdline" || :
case " $running " in
  *" ${flag} "*) ;;
  *) ! memory_controller || exit 0 ;;
esac
# Since Debian 12 the older path only says that the file has moved.
[ -e "$ROOT/boot/firmware/cmdline.txt" ] || [ -e "$ROOT/boot/cmdline.txt" ] ||
  fail "kernel" "no memory controller, and no cmdline.txt in /boot/firmware or /boot" "must be able to limit memory" \\
    "add ${flag} to the kernel's command line (with GRUB: in /etc/default/grub, then update-grub) and reboot"
add_word ${flag} /boot/firmware/cmdline.txt /boot/cmdline.txt
`,
    require: `${supportedSystem}${sixtyFourBit}`,
    verify: ":",
    needsReboot: true,
  };
}
