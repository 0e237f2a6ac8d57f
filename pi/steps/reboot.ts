import { createHash } from "node:crypto";
import { quote } from "../converge.ts";
import type { Script, Step } from "../step.ts";
import { rebootNeeded, untilReboot } from "./supported-host.ts";

/** Enough for the answer to reach the client and for the step's state to reach the disk. */
const graceSeconds = 5;

/** A host that has not gone down by then does not reboot: SSH is opened again, and the next step says so. */
const giveUpSeconds = 120;

/** Arguments of {@link reboot}. */
export interface RebootArgs {
  /** The steps whose changes take effect only after a reboot. */
  readonly needs: readonly Step[];
}

/**
 * Reboots the host if one of the steps changed something since it booted, else does nothing. Ends as soon as the reboot
 * is certain to come: sshd no longer listens by then, so whoever connects next finds the rebooted host.
 */
export function reboot({ needs }: RebootArgs): Step {
  const names = needs.map(({ name }) => name).join(" ");
  // In the text, so that a change of those steps is one of this step too.
  const version = createHash("sha256").update(JSON.stringify(needs)).digest("hex");
  return {
    name: "reboot",
    verify: `${rebootNeeded}# ${version}
! reboot_needed ${names} || [ -e "${untilReboot}/rebooting" ]
`,
    apply: `${rebootNeeded}
reboot_needed ${names} || exit 0
rebooting=${untilReboot}/rebooting
if [ ! -e "$rebooting" ]; then
  say "reboots"
  # A unit of its own: a run that is killed right here changes nothing any more.
  systemctl reset-failed ecs-anywhere-hybrid-reboot 2>/dev/null || :
  run systemd-run --quiet --collect --unit=ecs-anywhere-hybrid-reboot sh -c ${quote(inItsOwnUnit)} sh "$rebooting"
fi
tries=100
while [ ! -e "$rebooting" ] && [ "$tries" -gt 0 ]; do
  sleep 0.1
  tries=$((tries - 1))
done
[ -e "$rebooting" ] ||
  fail "reboot" "sshd still listens after 10 s" "must be stopped before the reboot" "look at systemctl status ssh"
`,
    settleSeconds: 0,
  };
}

const inItsOwnUnit: Script = `
units=
for unit in ssh.socket ssh.service sshd.socket sshd.service; do
  ! systemctl --quiet is-active "$unit" || units="$units $unit"
done
systemctl stop $units
: >"$1"
sleep ${graceSeconds}
systemctl reboot
sleep ${giveUpSeconds}
rm -f "$1"
systemctl start $units
`;
