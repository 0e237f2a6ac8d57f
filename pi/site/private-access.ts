import * as pulumi from "@pulumi/pulumi";
import type { DnsConfig } from "../../config/schema.ts";
import { domainOf } from "../../limits/private-connectivity/endpoint-services.ts";
import { type DnsForwardingArgs, dnsForwarding, dnsSnippet } from "../steps/dns-forwarding.ts";
import { type Forwarder, type Preflight, preflight, preflightOf } from "../steps/preflight.ts";
import type { Machine, PrivateAccess, SiteArgs } from "./args.ts";

/** How the nodes learn AWS's private addresses, and whether they get there. */
export interface ResolvedSite {
  /** What a person puts into a DNS server that is none of ours; empty where nobody has to. */
  readonly dnsSnippet: pulumi.Output<string>;
  /** Has a node forward by itself, where the nodes are to. */
  readonly forward: (node: Machine) => void;
  /** Has a node prove its way, before its agents need it. */
  readonly prove: (node: Machine, gateway: string | undefined) => pulumi.Output<Preflight> | undefined;
}

/** Has the site's names of AWS lead to the VPC: by each node itself, by one of the hosts, or by somebody else. */
export function resolve(machines: readonly Machine[], args: SiteArgs): ResolvedSite {
  const { site, privateAccess, vpcCidr, region } = args;
  const { dns } = site;
  if (!privateAccess || !dns)
    return { dnsSnippet: pulumi.output(""), forward: () => {}, prove: () => undefined };

  const { ready } = privateAccess;
  const forwarding = (role: DnsForwardingArgs["role"]) =>
    forwardingOf(dns, privateAccess, region, role).apply(dnsForwarding);
  const server = dns.at === "host" ? machines.find(({ hostName }) => hostName === dns.host) : undefined;
  const shared = server?.pi.run("dns-forwarding", forwarding("site-server"), { dependsOn: ready });
  const snippet = dns.at === "elsewhere" ? snippetOf(dns, privateAccess, region) : pulumi.output("");

  return {
    dnsSnippet: snippet,
    forward: ({ pi }) => {
      if (dns.at === "nodes") pi.run("dns-forwarding", forwarding("node"), { dependsOn: ready });
    },
    prove: ({ pi }, gateway) => {
      const step = pulumi
        .all([region, privateAccess.names, privateAccess.resolvers, snippet])
        .apply(([region, names, resolvers, snippet]) =>
          preflight({
            region,
            names,
            resolvers,
            vpcCidr,
            gateway,
            dns: forwarder(dns, snippet),
            again: site.preflight,
          }),
        );
      const { result } = pi.run("preflight", step, {
        dependsOn: [...ready, ...(shared ? [shared.resource] : [])],
      });
      return result.apply(preflightOf);
    },
  };
}

/** What a person can do for the site on a host that is not reached: its DNS server needs no more than the snippet. */
export function byHand(
  hostName: string,
  { site, privateAccess, region }: Pick<SiteArgs, "site" | "privateAccess" | "region">,
): pulumi.Input<string> {
  const { dns } = site;
  if (dns?.at !== "host" || dns.host !== hostName || !privateAccess) return "";
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
