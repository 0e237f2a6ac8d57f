import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey.js";
import { refuse } from "./refuse.ts";
import type { PerTunnel, SiteArgs } from "./site/args.ts";
import { join } from "./site/gateway.ts";
import { closeInternet } from "./site/internet.ts";
import { machine } from "./site/machine.ts";
import { forget, register, type SiteNode } from "./site/node.ts";
import { packages } from "./site/packages.ts";
import { resolve } from "./site/private-access.ts";
import { docker } from "./steps/docker.ts";
import type { Preflight } from "./steps/preflight.ts";
import { staticRoute } from "./steps/static-route.ts";

export type { Channel, PrivateAccess, SiteArgs } from "./site/args.ts";
export type { SiteNode } from "./site/node.ts";

/**
 * The on-prem side: every host of the site, brought from a bare system to its role by steps over SSH. Hosts go side
 * by side; the gateway's tunnels release the routes of the others, and the routes release the ECS agents.
 */
export class Site extends pulumi.ComponentResource {
  /** By the host's key; a dead host is none. */
  readonly nodes: Readonly<Record<string, SiteNode>>;
  /** In °C, by the host's key, of the hosts with a fan and a sensor; as their fan's step last saw it. */
  readonly temperatures: pulumi.Output<Readonly<Record<string, number>>>;
  /** As the gateway verified them: "UP" when traffic was seen through the tunnel, "UNKNOWN" when a dead one said nothing. */
  readonly tunnelStates: PerTunnel<pulumi.Output<string>>;
  /** How each node found its way to AWS's endpoints, by the host's key; empty where no DNS leads there. */
  readonly preflight: Readonly<Record<string, pulumi.Output<Preflight>>>;
  /** What a person puts into the site's DNS server, where that is none of the hosts; else empty. */
  readonly dnsSnippet: pulumi.Output<string>;

  /** @throws RunError when `site.gateway` is no host */
  constructor(name: string, args: SiteArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, vpcCidr, hosts } = args;
    const gatewayHost =
      hosts[site.gateway] ??
      refuse(
        "site.gateway",
        site.gateway,
        "must be a key of `hosts`",
        `choose one of ${Object.keys(hosts).join(", ")}`,
      );
    super("hybrid:pi:Site", name, {}, opts);
    const key = new PrivateKey(`${name}-automation-key`, { algorithm: "ED25519" }, { parent: this });

    const carrier = machine(site.gateway, gatewayHost, args, key, this);
    const machines = Object.entries(hosts).map(([hostName, host]) =>
      host === gatewayHost ? carrier : machine(hostName, host, args, key, this),
    );
    for (const machine of machines) {
      packages(machine, args);
      closeInternet(machine, args);
      if (machine.host.node) machine.pi.run("docker", docker());
    }

    const gateway = join(carrier, args);
    for (const { pi } of machines.filter((machine) => machine !== carrier)) {
      pi.run("static-route", staticRoute({ destination: vpcCidr, gateway: gateway.host.address }), {
        dependsOn: [gateway.joined],
      });
    }

    const { dnsSnippet, forward, prove } = resolve(machines, args);
    const proven = machines.flatMap((machine) => {
      if (!machine.host.node) return [];
      forward(machine);
      const preflight = prove(machine, machine === carrier ? undefined : gateway.host.address);
      return preflight && !machine.host.dead ? [[machine.hostName, preflight] as const] : [];
    });
    const joined = machines.flatMap((machine) => register(machine, args) ?? []);
    const [living, dead] = [joined.filter(({ host }) => !host.dead), joined.filter(({ host }) => host.dead)];
    if (living[0]) for (const machine of dead) forget(living[0], machine, args);

    this.nodes = Object.fromEntries(living.map(({ hostName, node }) => [hostName, node]));
    this.temperatures = pulumi
      .all(machines.map(({ hostName, temperature }) => pulumi.all([hostName, temperature])))
      .apply((all) => Object.fromEntries(all.filter((one): one is [string, number] => one[1] !== undefined)));
    this.tunnelStates = gateway.tunnelStates;
    this.dnsSnippet = dnsSnippet;
    this.preflight = Object.fromEntries(proven);
    this.registerOutputs({
      nodes: this.nodes,
      temperatures: this.temperatures,
      tunnelStates: this.tunnelStates,
      preflight: this.preflight,
      dnsSnippet: this.dnsSnippet,
    });
  }
}
