import * as pulumi from "@pulumi/pulumi";
import { explainingHook } from "../hooks.ts";

/** What is dialled, as written in the stack file. */
export interface Dialled {
  /** The host's key in `hosts`. */
  readonly host: string;
  /** IPv4 address. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Public host key, such as `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}

/**
 * Returns field, value, rule and remedy for an error of the `command` provider which means that a host was not reached, is
 * a different one, or does not let the user in; undefined for any other error. The texts it looks for are those of Go's
 * `net` and `golang.org/x/crypto/ssh`, which the provider is built on.
 *
 * @param stack names the stack, for the remedy
 * @param meanwhile what else a person can do; empty when there is nothing
 */
export function explainDial(error: string, to: Dialled, stack: string, meanwhile = ""): string | undefined {
  const explained = explainCause(error, to, stack);
  return explained !== undefined && meanwhile !== "" ? `${explained}; ${meanwhile}` : explained;
}

function explainCause(error: string, to: Dialled, stack: string): string | undefined {
  const { host, address, port, user, hostKey } = to;
  if (/host key mismatch|no common algorithm for host key/.test(error))
    return (
      `hosts.${host}.hostKey: ${hostKey}: must be the key that ${address} shows, but that one differs, so nothing was ` +
      `sent there; if the host was reinstalled, run \`npm run hostkeys -- ${stack}\` and compare the fingerprints, ` +
      "else find out which machine answers at that address"
    );
  if (/unable to authenticate/.test(error))
    return (
      `hosts.${host}.user: ${user}: must be let in by ${address} with the key of this step; for a host's first step that ` +
      `is yours, from the SSH agent or ssh.privateKey (try \`ssh ${user}@${address}\`), for all others, and for that one ` +
      "with ssh.login automation, the stack's own, which an up with ssh.login person and site.converge raised by one " +
      "installs again"
    );
  if (/subsystem request failed/.test(error))
    return (
      `hosts.${host}.address: ${address}: must take files by SFTP; add \`Subsystem sftp internal-sftp\` to ` +
      "/etc/ssh/sshd_config on the host and reload its sshd"
    );
  const [, reason] = /dial tcp [^\n]*?:\d+: ([^\n]*)/.exec(error) ?? [];
  if (reason !== undefined)
    return (
      `hosts.${host}.address: ${address}: must answer this computer at port ${port}, but: ${reason.trim()}; see that the ` +
      `host is on and that this is its address, and if it is gone for good, set hosts.${host}.dead to true`
    );
  return undefined;
}

/**
 * Returns the `hooks` of a host's commands, which log the four parts beside the provider's own message when a command
 * fails in an update, and leave the failure as it is. Undefined in a preview, which dials no host, and where the engine
 * takes no such hook: only the provider's message is printed then.
 *
 * @param manualRemedy what a person can do on the host meanwhile; printed if it is known by then
 */
export function dialErrorHooks(
  to: Dialled,
  manualRemedy: pulumi.Input<string> = "",
): pulumi.ResourceHookBinding | undefined {
  const stack = pulumi.getStack();
  // Not awaited: it may depend on something that is never created.
  let meanwhile = "";
  pulumi.output(manualRemedy).apply((text) => {
    meanwhile = text;
  });
  const hook = explainingHook(`hosts.${to.host}`, ({ errors }) =>
    explainDial(errors[0] ?? "", to, stack, meanwhile),
  );
  return hook && { onError: [hook] };
}
