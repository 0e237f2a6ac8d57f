/** What the preflight is made from. */
import { isIPv4 } from "node:net";
import { ipv4Range } from "../../../limits/addresses.ts";
import type { DnsServerName } from "../../../limits/dns-servers.ts";
import type { EndpointName } from "../../../limits/private-connectivity/endpoint-services.ts";
import { fail, type RuleText } from "../../../limits/problem.ts";
import { servers } from "../dns-forwarding/servers/index.ts";

export type { EndpointName };

/** What forwards the Region's names to the VPC, as far as the remedy needs it. */
export type Forwarder =
  | { readonly at: "nodes"; readonly server: DnsServerName }
  /** `host` is a key of `hosts`. */
  | { readonly at: "host"; readonly server: DnsServerName; readonly host: string }
  /** `snippet` is what a person has to add to that server's configuration. */
  | {
      readonly at: "elsewhere";
      readonly server: DnsServerName;
      readonly address: string;
      readonly snippet: string;
    };

export interface PreflightArgs {
  readonly region: string;
  readonly names: readonly EndpointName[];
  /** Addresses of the VPC's inbound resolver, one at least. */
  readonly resolvers: readonly string[];
  /** For example `["10.0.0.0/16"]`. */
  readonly vpcCidrs: readonly string[];
  /** Address, on the site's network, of the gateway to the VPC; undefined when it is this host. */
  readonly gateway: string | undefined;
  readonly dns: Forwarder;
  /** A changed number makes the host measure again. */
  readonly again: number;
}

/** The unit on this host that forwards; empty when it is not here. */
export const localUnit = ({ dns }: PreflightArgs): string =>
  dns.at === "nodes" ? servers[dns.server].unit : "";

/** What to do when the host's resolver and the inbound resolver answer differently. */
export function forwarderRemedy({ dns }: PreflightArgs): string {
  const again = "; if that is not enough, raise site.converge by one and run pulumi up";
  switch (dns.at) {
    case "nodes":
      return `on this host run \`systemctl restart ${servers[dns.server].unit}\`, which empties its cache${again}`;
    case "host":
      return `on ${dns.host} run \`systemctl restart ${servers[dns.server].unit}\`, which empties its cache${again}`;
    case "elsewhere":
      return `put this into the configuration of ${dns.server} at ${dns.address}, restart it, and run pulumi up again:\n${dns.snippet.trimEnd()}`;
    default:
      return dns satisfies never;
  }
}

/**
 * Every value becomes part of a shell program, where it must not contain more than its kind allows.
 *
 * @throws RunError when one does
 */
export function checkArgs({ region, names, resolvers, vpcCidrs, gateway }: PreflightArgs): void {
  const bad = (field: string, value: string, rule: RuleText) =>
    fail(`preflight.${field}`, value, rule, "correct what the step is made from");
  if (names.length === 0) bad("names", "(none)", "must name what is to be measured");
  for (const { name, service, addresses } of names) {
    if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) bad("names", name, "must be a DNS name");
    if (!/^[a-z0-9.-]+$/.test(service)) bad("names", service, "must be the name of an AWS service");
    for (const address of addresses ?? [])
      if (!isIPv4(address)) bad(`names.${name}`, address, "must be an IPv4 address");
  }
  if (resolvers.length === 0) bad("resolvers", "(none)", "must be at least one");
  for (const address of [...resolvers, ...(gateway === undefined ? [] : [gateway])])
    if (!isIPv4(address)) bad("resolvers and gateway", address, "must be IPv4 addresses");
  if (!/^[a-z0-9-]+$/.test(region)) bad("region", region, "must be a Region such as us-east-1");
  for (const range of vpcCidrs)
    if (!ipv4Range.test(range)) bad("vpcCidrs", range, "must be an IPv4 range such as 10.0.0.0/16");
}
