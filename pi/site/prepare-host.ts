import * as pulumi from "@pulumi/pulumi";
import type { HostConfig } from "../../config/schema.ts";
import { takeOver } from "../../records.ts";
import { Host } from "../host.ts";
import { bootFlags } from "../steps/boot-flags.ts";
import { fan } from "../steps/fan.ts";
import { kernel } from "../steps/kernel.ts";
import { reboot } from "../steps/reboot.ts";
import type { SiteArgs, SiteHost } from "./args.ts";
import { manualRemedyFor } from "./dns.ts";

/** The stack's own SSH key, OpenSSH format. */
export interface AutomationKey {
  readonly publicKeyOpenssh: pulumi.Output<string>;
  /** Secret. */
  readonly privateKeyOpenssh: pulumi.Output<string>;
}

/**
 * Lets the automation key in, sends the converge program, and prepares the kernel for the host's role.
 *
 * A person's key carries out one step, the one that lets the automation key in. With `ssh.login` automation that key carries
 * out this one, too: it may replace its own line, and remove it, since sshd asks for the key only at the login.
 */
export function prepareHost(
  name: string,
  settings: HostConfig,
  args: Pick<SiteArgs, "site" | "ssh" | "region" | "privateAccess">,
  key: AutomationKey,
  parent: pulumi.Resource,
): SiteHost {
  const { site, ssh } = args;
  const host = new Host(
    name,
    {
      ...settings,
      rerunToken: [site.converge, settings.node?.reinstalled ?? 0].join("."),
      privateKey: key.privateKeyOpenssh,
      manualRemedy: manualRemedyFor(name, args),
    },
    { parent, ...takeOver(name, settings) },
  );
  const person = ssh.privateKey === undefined ? {} : { privateKey: ssh.privateKey };
  host.installKey(key.publicKeyOpenssh, ssh.login === "automation" ? undefined : person);
  host.installProgram();
  return { name, settings, host, temperature: prepareBoot(host, settings) };
}

/**
 * Carries out what takes effect at boot, one reboot for all of it, and a look at the kernel that came up.
 *
 * @returns the temperature that the fan's step saw; undefined without a fan or a sensor
 */
function prepareBoot(host: Host, settings: HostConfig): pulumi.Output<number | undefined> {
  const flags = settings.node && bootFlags();
  const cooling = settings.fan && fan(settings.fan);
  const needs = [flags, cooling].filter((step) => step !== undefined);
  if (flags) {
    host.run(flags.name, flags);
  }
  const cooled = cooling && host.run(cooling.name, cooling);
  if (needs.length > 0) {
    host.run("reboot", reboot({ needs }));
  }
  if (settings.node) {
    host.run("kernel", kernel({ needs }));
  }
  return pulumi
    .output(cooled?.result)
    .apply((result) =>
      result?.facts.temperatureCelsius ? Number(result.facts.temperatureCelsius) : undefined,
    );
}
