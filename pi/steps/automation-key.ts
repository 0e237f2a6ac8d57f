import { asRoot, type ProgramOptions, rerun } from "../converge.ts";
import { compact, quote } from "../quote.ts";
import { read } from "../script.ts";

/** Arguments of {@link automationKey}. */
export interface AutomationKeyArgs extends ProgramOptions {
  /** One line as in `authorized_keys`, such as `ssh-ed25519 AAAA…`. */
  readonly publicKeyOpenssh: string;
  /** The user that it may log in as. */
  readonly user: string;
}

/**
 * Lets the automation key log in, beside the keys that are there: without terminal and forwarding (sshd(8),
 * AUTHORIZED_KEYS FILE FORMAT, `restrict`). The first step on a host, so it also refuses systems that the other steps do not know.
 *
 * Returns a text for `sh -s -- converge`, `check` or `undo` that needs nothing on the host, not even the converge program: a
 * new version of that must not require a person's key.
 */
export function automationKey({ publicKeyOpenssh, user, ...options }: AutomationKeyArgs): string {
  const [type, key] = publicKeyOpenssh.trim().split(/\s+/);
  const values = { ROOT: options.root ?? "", OWNER: options.owner ?? "", LOGIN: user, KEY: `${type} ${key}` };
  const assignments = Object.entries(values).map(([name, value]) => `${name}=${quote(value)}\n`);
  const text = asRoot("automation-key", `${assignments.join("")}${read("automation-key.sh")}`, options);
  return `${compact(text)}${rerun(options)}`;
}
