import * as pulumi from "@pulumi/pulumi";
import { domainOf } from "../../components/endpoint-services.ts";
import type { DnsConfig } from "../../config/schema.ts";
import { type DnsForwardingArgs, dnsForwarding, dnsSnippet } from "../steps/dns-forwarding.ts";
import { type Forwarder, type Preflight, preflight, preflightOf } from "../steps/preflight.ts";
import type { SiteArgs } from "./args.ts";
import type { Machine } from "./machine.ts";

/** How the nodes learn AWS's private addresses, and whether they get there. */
export interface ResolvedSite {
  /** What a person puts into a DNS server that is none of ours; empty where nobody has to. */
  readonly dnsSnippet: pulumi.Output<string>;
  /** Has a node forward, and then prove its way, before its agents need it. */
  readonly prove: (node: Machine, gateway: string | undefined) => pulumi.Output<Preflight> | undefined;
}

/** Has the site's names of AWS lead to the VPC: by each node itself, by one of the hosts, or by somebody else. */
export function resolve(machines: readonly Machine[], args: SiteArgs): ResolvedSite {
  const { site, privateAccess, vpcCidr, region } = args;
  const { dns } = site;
  if (!privateAccess || !dns) return { dnsSnippet: pulumi.output(""), prove: () => undefined };

  const forwarding = (role: DnsForwardingArgs["role"]) =>
    pulumi.all([region, privateAccess.resolvers]).apply(
      ([region, resolvers]): DnsForwardingArgs => ({
        server: dns.server,
        domains: [domainOf(region), `${region}.api.aws`],
        resolvers,
        role,
      }),
    );
  const { ready } = privateAccess;
  const server = dns.at === "host" ? machines.find(({ hostName }) => hostName === dns.host) : undefined;
  const shared = server?.pi.run("dns-forwarding", forwarding("site-server").apply(dnsForwarding), {
    dependsOn: ready,
  });
  const snippet = dns.at === "elsewhere" ? forwarding("site-server").apply(dnsSnippet) : pulumi.output("");

  return {
    dnsSnippet: snippet,
    prove: ({ pi }, gateway) => {
      if (dns.at === "nodes")
        pi.run("dns-forwarding", forwarding("node").apply(dnsForwarding), { dependsOn: ready });
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

const forwarder = (dns: DnsConfig, snippet: string): Forwarder =>
  dns.at === "elsewhere" ? { ...dns, snippet } : dns;
