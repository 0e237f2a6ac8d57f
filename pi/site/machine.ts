import * as pulumi from "@pulumi/pulumi";
import type { HostConfig, SshConfig } from "../../config/schema.ts";
import { PiHost } from "../host.ts";
import { automationKey } from "../steps/automation-key.ts";
import { bootFlags } from "../steps/boot-flags.ts";
import { fan } from "../steps/fan.ts";
import { kernel } from "../steps/kernel.ts";
import { reboot } from "../steps/reboot.ts";
import type { Machine, SiteArgs } from "./args.ts";
import { byHand } from "./private-access.ts";

export type { Machine };

/** The stack's own SSH key, OpenSSH format. */
export interface AutomationKey {
  readonly publicKeyOpenssh: pulumi.Output<string>;
  /** Secret. */
  readonly privateKeyOpenssh: pulumi.Output<string>;
}

/** Lets the automation key in, and has the kernel be what the host's role needs. */
export function machine(
  hostName: string,
  host: HostConfig,
  args: Pick<SiteArgs, "site" | "ssh" | "region" | "privateAccess">,
  key: AutomationKey,
  parent: pulumi.Resource,
): Machine {
  const { site, ssh } = args;
  const pi = new PiHost(
    hostName,
    {
      ...host,
      again: [site.converge, host.node?.reinstalled ?? 0].join("."),
      privateKey: key.privateKeyOpenssh,
      byHand: byHand(hostName, args),
    },
    { parent },
  );
  installKey(pi, host, key.publicKeyOpenssh, ssh);
  return { hostName, host, pi, temperature: boot(pi, host) };
}

/**
 * The one step that a person's key carries out; the automation key carries out all others. With `automation` it carries
 * out this one, too: it may replace its own line, and take it away, since sshd asks for the key only at the login.
 */
function installKey(
  pi: PiHost,
  { user }: HostConfig,
  publicKey: pulumi.Output<string>,
  { login, privateKey }: SshConfig,
): void {
  const person = privateKey === undefined ? {} : { privateKey };
  pi.run(
    "automation-key",
    publicKey.apply((publicKeyOpenssh) => automationKey({ publicKeyOpenssh, user })),
    login === "automation" ? {} : { connectAs: person },
  );
}

/**
 * What takes effect at boot, one reboot for all of it, and a look at the kernel that came up.
 *
 * @returns the temperature that the fan's step saw; undefined where there is none
 */
function boot(pi: PiHost, host: HostConfig): pulumi.Output<number | undefined> {
  const flags = host.node && bootFlags();
  const cooling = host.fan && fan(host.fan);
  const needs = [flags, cooling].filter((step) => step !== undefined);
  if (flags) {
    pi.run(flags.name, flags);
  }
  const cooled = cooling && pi.run(cooling.name, cooling);
  if (needs.length > 0) {
    pi.run("reboot", reboot({ needs }));
  }
  if (host.node) {
    pi.run("kernel", kernel({ needs }));
  }
  return pulumi
    .output(cooled?.result)
    .apply((result) =>
      result?.facts.temperatureCelsius ? Number(result.facts.temperatureCelsius) : undefined,
    );
}
