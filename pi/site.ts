import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey.js";
import { cidrsOf } from "../config/views.ts";
import { rangeOf } from "../limits/addresses.ts";
import { fail } from "../limits/problem.ts";
import type { PerTunnel, SiteArgs } from "./site/args.ts";
import { setUpDns } from "./site/dns.ts";
import { setUpGateway } from "./site/gateway.ts";
import { blockInternet } from "./site/internet.ts";
import { registerNode, type SiteNode, signOffDeadNode } from "./site/node.ts";
import { configurePackageSource } from "./site/package-source.ts";
import { prepareHost } from "./site/prepare-host.ts";
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
  /** By the host's key; without the dead ones. */
  readonly nodes: Readonly<Record<string, SiteNode>>;
  /** Exist once every node is part of the cluster; what runs on nodes waits for them. */
  readonly ready: readonly pulumi.Resource[];
  /** In °C, by the host's key, of the hosts with a fan and a sensor; as their fan's step last saw it. */
  readonly temperatures: pulumi.Output<Readonly<Record<string, number>>>;
  /** As the gateway verified them: "UP" when traffic was seen through the tunnel, "UNKNOWN" when a dead one said nothing. */
  readonly tunnelStates: PerTunnel<pulumi.Output<string>>;
  /** How each node found its way to AWS's endpoints, by the host's key; empty where no DNS leads there. */
  readonly preflight: Readonly<Record<string, pulumi.Output<Preflight>>>;
  /** What a person adds to the site's DNS server, if that is not one of the hosts; else empty. */
  readonly dnsSnippet: pulumi.Output<string>;

  /** @throws RunError when `site.gateway` is not a host */
  constructor(name: string, args: SiteArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, vpcCidrs, hosts } = args;
    const gatewaySettings =
      hosts[site.gateway] ??
      fail(
        "site.gateway",
        site.gateway,
        "must be a key of `hosts`",
        `choose one of ${Object.keys(hosts).join(", ")}`,
      );
    super("hybrid:site:Site", name, {}, opts);
    const key = new PrivateKey(`${name}-automation-key`, { algorithm: "ED25519" }, { parent: this });

    const gatewayHost = prepareHost(site.gateway, gatewaySettings, args, key, this);
    const siteHosts = Object.entries(hosts).map(([hostName, settings]) =>
      hostName === site.gateway ? gatewayHost : prepareHost(hostName, settings, args, key, this),
    );
    for (const siteHost of siteHosts) {
      configurePackageSource(siteHost, args);
      blockInternet(siteHost, args);
      if (siteHost.settings.node) siteHost.host.run("docker", docker());
    }

    const gateway = setUpGateway(gatewayHost, args);
    const ranges = cidrsOf(site);
    for (const { host, settings } of siteHosts.filter(({ host }) => host !== gateway.host)) {
      const { address } = gateway.settings;
      const routed = rangeOf(ranges, settings.address) !== rangeOf(ranges, address);
      host.run("static-route", staticRoute({ destinations: vpcCidrs, gateway: address, routed }), {
        dependsOn: [gateway.connected],
      });
    }

    const { dnsSnippet, forward, runPreflight } = setUpDns(siteHosts, args);
    const measured = siteHosts.flatMap((siteHost) => {
      if (!siteHost.settings.node) return [];
      forward(siteHost);
      const by = siteHost.host === gateway.host ? undefined : gateway.settings.address;
      const preflight = runPreflight(siteHost, by);
      return preflight && !siteHost.settings.dead ? [[siteHost.name, preflight] as const] : [];
    });
    const registered = siteHosts.flatMap((siteHost) => registerNode(siteHost, args) ?? []);
    const living = registered.filter(({ settings }) => !settings.dead);
    const dead = registered.filter(({ settings }) => settings.dead);
    if (living[0]) for (const node of dead) signOffDeadNode(living[0], node, args);

    this.nodes = Object.fromEntries(living.map(({ name, node }) => [name, node]));
    this.ready = living.map(({ registration }) => registration);
    this.temperatures = pulumi
      .all(siteHosts.map(({ name, temperature }) => pulumi.all([name, temperature])))
      .apply((all) => Object.fromEntries(all.filter((one): one is [string, number] => one[1] !== undefined)));
    this.tunnelStates = gateway.tunnelStates;
    this.dnsSnippet = dnsSnippet;
    this.preflight = Object.fromEntries(measured);
    this.registerOutputs({
      nodes: this.nodes,
      temperatures: this.temperatures,
      tunnelStates: this.tunnelStates,
      preflight: this.preflight,
      dnsSnippet: this.dnsSnippet,
    });
  }
}
