import { quote } from "../converge.ts";
import type { Step } from "../step.ts";
import { supportedSystem } from "./supported-host.ts";

/** Arguments of {@link automationKey}. */
export interface AutomationKeyArgs {
  /** One line as in `authorized_keys`, such as `ssh-ed25519 AAAA…`. */
  readonly publicKeyOpenssh: string;
  /** The user that it may log in as. */
  readonly user: string;
}

/**
 * Lets the automation key log in, beside the keys that are there: without terminal and forwarding (sshd(8),
 * AUTHORIZED_KEYS FILE FORMAT, `restrict`). The first step on a host, so it also refuses a system that no other knows.
 */
export function automationKey({ publicKeyOpenssh, user }: AutomationKeyArgs): Step {
  const [type, key] = publicKeyOpenssh.trim().split(/\s+/);
  return {
    name: "automation-key",
    detect: `
home=$(getent passwd ${quote(user)} | cut -d : -f 6)
[ -n "$home" ] || fail user ${quote(user)} "must be a user of the host" "make the user, or name another one"
add_block "$home/.ssh/authorized_keys" 600 ${quote(user)} <<'END'
restrict ${type} ${key} ecs-anywhere-hybrid
END
`,
    require: supportedSystem,
    // sshd reads the file at every login.
    verify: ":",
  };
}
