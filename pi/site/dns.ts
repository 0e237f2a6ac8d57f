import * as pulumi from "@pulumi/pulumi";
import type { DnsConfig } from "../../config/schema.ts";
import { domainOf } from "../../limits/private-connectivity/endpoint-services.ts";
import { type DnsForwardingArgs, dnsForwarding, dnsSnippet } from "../steps/dns-forwarding.ts";
import { type Forwarder, type Preflight, preflight, preflightOf } from "../steps/preflight.ts";
import type { PrivateAccess, SiteArgs, SiteHost } from "./args.ts";

/** How the nodes look up AWS's private addresses, and whether they reach them. */
export interface SiteDns {
  /** What a person adds to a DNS server that is not ours; empty where that is not necessary. */
  readonly dnsSnippet: pulumi.Output<string>;
  /** Makes a node forward its own lookups, where `dns.at` is `nodes`. */
  readonly forward: (node: SiteHost) => void;
  /** Makes a node measure its way before its agents need it; does nothing where AWS is reached over the internet. */
  readonly runPreflight: (
    node: SiteHost,
    gateway: string | undefined,
  ) => pulumi.Output<Preflight> | undefined;
}

/** Makes AWS's names resolve to the VPC's addresses: on each node, on one of the hosts, or by a DNS server that is not ours. */
export function setUpDns(hosts: readonly SiteHost[], args: SiteArgs): SiteDns {
  const { site, privateAccess, vpcCidrs, region } = args;
  const { dns } = site;
  if (!privateAccess || !dns)
    return { dnsSnippet: pulumi.output(""), forward: () => {}, runPreflight: () => undefined };

  const { ready } = privateAccess;
  const forwarding = (role: DnsForwardingArgs["role"]) =>
    forwardingOf(dns, privateAccess, region, role).apply(dnsForwarding);
  const server = dns.at === "host" ? hosts.find(({ name }) => name === dns.host) : undefined;
  const shared = server?.host.run("dns-forwarding", forwarding("site-server"), { dependsOn: ready });
  const snippet = dns.at === "elsewhere" ? snippetOf(dns, privateAccess, region) : pulumi.output("");

  return {
    dnsSnippet: snippet,
    forward: ({ host }) => {
      if (dns.at === "nodes") host.run("dns-forwarding", forwarding("node"), { dependsOn: ready });
    },
    runPreflight: ({ host }, gateway) => {
      const step = pulumi
        .all([region, privateAccess.names, privateAccess.resolvers, snippet])
        .apply(([region, names, resolvers, snippet]) =>
          preflight({
            region,
            names,
            resolvers,
            vpcCidrs,
            gateway,
            dns: forwarder(dns, snippet),
            again: site.preflight,
          }),
        );
      const { result } = host.run("preflight", step, {
        dependsOn: [...ready, ...(shared ? [shared.resource] : [])],
      });
      return result.apply(preflightOf);
    },
  };
}

/** Returns what a person can do by hand on a host that cannot be reached: its DNS server needs only the snippet. */
export function manualRemedyFor(
  name: string,
  { site, privateAccess, region }: Pick<SiteArgs, "site" | "privateAccess" | "region">,
): pulumi.Input<string> {
  const { dns } = site;
  if (dns?.at !== "host" || dns.host !== name || !privateAccess) return "";
  return snippetOf(dns, privateAccess, region).apply(
    (snippet) => `the names of AWS resolve as soon as a person puts this into its ${dns.server}:\n${snippet}`,
  );
}

const forwardingOf = (
  { server }: DnsConfig,
  { resolvers }: PrivateAccess,
  region: pulumi.Input<string>,
  role: DnsForwardingArgs["role"],
) =>
  pulumi.all([region, resolvers]).apply(
    ([region, resolvers]): DnsForwardingArgs => ({
      server,
      domains: [domainOf(region), `${region}.api.aws`],
      resolvers,
      role,
    }),
  );

const snippetOf = (dns: DnsConfig, privateAccess: PrivateAccess, region: pulumi.Input<string>) =>
  forwardingOf(dns, privateAccess, region, "site-server").apply(dnsSnippet);

const forwarder = (dns: DnsConfig, snippet: string): Forwarder =>
  dns.at === "elsewhere" ? { ...dns, snippet } : dns;
