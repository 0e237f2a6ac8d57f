import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey.js";
import type { PerTunnel, SiteArgs } from "./site/args.ts";
import { join } from "./site/gateway.ts";
import { closeInternet, packages } from "./site/internet.ts";
import { machine } from "./site/machine.ts";
import { forget, register, type SiteNode } from "./site/node.ts";
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
  /** In °C, by the host's key, of the hosts with a fan; as their fan's step last saw it. */
  readonly temperatures: Readonly<Record<string, pulumi.Output<string>>>;
  /** As the gateway verified them: "UP" when traffic was seen through the tunnel. */
  readonly tunnelStates: PerTunnel<pulumi.Output<string>>;
  /** How each node found its way to AWS's endpoints, by the host's key; empty where no DNS leads there. */
  readonly preflight: Readonly<Record<string, pulumi.Output<Preflight>>>;
  /** What a person puts into the site's DNS server, where that is none of the hosts; else empty. */
  readonly dnsSnippet: pulumi.Output<string>;

  constructor(name: string, args: SiteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:pi:Site", name, {}, opts);
    const { site, vpcCidr } = args;
    const key = new PrivateKey(`${name}-automation-key`, { algorithm: "ED25519" }, { parent: this });

    const machines = Object.entries(args.hosts).map(([hostName, host]) =>
      machine(hostName, host, args, key, this),
    );
    for (const machine of machines) {
      packages(machine, args);
      closeInternet(machine, args);
      if (machine.host.node) machine.pi.run("docker", docker());
    }

    const carrier = machines.find(({ hostName }) => hostName === site.gateway);
    if (!carrier) {
      throw new pulumi.RunError(
        `site.gateway: ${site.gateway}: must be a key of \`hosts\`; choose one of ${Object.keys(args.hosts).join(", ")}`,
      );
    }
    const gateway = join(carrier, args);
    for (const { pi } of machines.filter((machine) => machine !== carrier)) {
      pi.run("static-route", staticRoute({ destination: vpcCidr, gateway: gateway.host.address }), {
        dependsOn: [gateway.joined],
      });
    }

    const { dnsSnippet, prove } = resolve(machines, args);
    const proven = machines.flatMap((machine) => {
      const preflight =
        machine.host.node && prove(machine, machine === carrier ? undefined : gateway.host.address);
      return preflight && !machine.host.dead ? [[machine.hostName, preflight] as const] : [];
    });
    const joined = machines.flatMap((machine) => register(machine, args) ?? []);
    const [living, dead] = [joined.filter(({ host }) => !host.dead), joined.filter(({ host }) => host.dead)];
    if (living[0]) for (const machine of dead) forget(living[0], machine, args);

    this.nodes = Object.fromEntries(living.map(({ hostName, node }) => [hostName, node]));
    this.temperatures = Object.fromEntries(
      machines.flatMap(({ hostName, temperature }) => (temperature ? [[hostName, temperature]] : [])),
    );
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
