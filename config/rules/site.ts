/** The site's addresses, and those of its hosts. */
import { contains, overlap } from "../../limits/addresses.ts";
import { problemIf } from "../../limits/problem.ts";
import type { Rule } from "./rule.ts";

const hostAddresses: Rule = ({ network, site, hosts }) => {
  const owner = new Map<string, string>();
  return Object.entries(hosts).flatMap(([name, { address }]) => {
    const field = `hosts.${name}.address`;
    const first = owner.get(address);
    owner.set(address, first ?? name);
    // Where the ranges themselves overlap, that is said once.
    if (contains(network.cidr, address) && !overlap(network.cidr, site.cidr)) {
      return [
        {
          field,
          value: address,
          rule: `lies inside network.cidr ${network.cidr}: on-prem addresses must not overlap the VPC`,
          remedy: "choose another range for one of them",
        },
      ];
    }
    return [
      ...problemIf(!contains(site.cidr, address), {
        field,
        value: address,
        rule: `lies outside site.cidr ${site.cidr}: the VPC would have no route to it`,
        remedy: "correct the address, or widen site.cidr",
      }),
      ...problemIf(first !== undefined, {
        field,
        value: address,
        rule: `hosts.${first} has the same address`,
        remedy: "give each host its own",
      }),
    ];
  });
};

const gateway: Rule = ({ site, hosts }) =>
  problemIf(!(site.gateway in hosts), {
    field: "site.gateway",
    value: site.gateway,
    rule: "must be a key of `hosts`",
    remedy: `choose one of ${Object.keys(hosts).join(", ") || "the hosts, once there are some"}`,
  });

const dns: Rule = ({ site, hosts, resolver, privateEndpoints }) => {
  if (!site.dns) return [];
  const { dns } = site;
  return [
    ...problemIf(!resolver.inbound, {
      field: "site.dns",
      value: dns.at,
      rule: "DNS forwards to the addresses of resolver.inbound, which is not there",
      remedy: "add `resolver: {inbound: {}}`, or take site.dns away",
    }),
    ...problemIf(!privateEndpoints, {
      field: "site.dns",
      value: dns.at,
      rule: "DNS leads to the addresses of privateEndpoints, which are not there",
      remedy: "add `privateEndpoints: {}`, or take site.dns away",
    }),
    ...(dns.at === "host"
      ? problemIf(!(dns.host in hosts), {
          field: "site.dns.host",
          value: dns.host,
          rule: "must be a key of `hosts`",
          remedy: `choose one of ${Object.keys(hosts).join(", ")}; for a server that is none of them set at to elsewhere`,
        })
      : []),
    ...(dns.at === "host"
      ? problemIf(hosts[dns.host]?.dead === true, {
          field: "site.dns.host",
          value: dns.host,
          rule: `hosts.${dns.host} is dead: nobody would answer the nodes`,
          remedy: "name another host, or set at to nodes",
        })
      : []),
  ];
};

export const siteRules: readonly Rule[] = [hostAddresses, gateway, dns];
