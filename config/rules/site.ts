/** The site's hosts, their addresses, and its DNS. */
import { overlap } from "../../limits/addresses.ts";
import { siteAddressProblems } from "../../limits/connectivity.ts";
import { keyProblems, problemIf } from "../../limits/problem.ts";
import { siteRanges, vpcRanges } from "../views.ts";
import type { Rule } from "./rule.ts";

const hostAddresses: Rule = (config) => {
  const site = siteRanges(config);
  // Ranges that overlap are a problem of their own, which is reported once and not for every host.
  const vpc = vpcRanges(config).filter((range) => !site.some(({ cidr }) => overlap(cidr, range.cidr)));
  return Object.entries(config.hosts).flatMap(([name, { address }]) =>
    siteAddressProblems(`hosts.${name}.address`, address, site, vpc),
  );
};

const ownAddresses: Rule = ({ hosts }) => {
  const owner = new Map<string, string>();
  return Object.entries(hosts).flatMap(([name, { address }]) => {
    const first = owner.get(address);
    owner.set(address, first ?? name);
    return problemIf(first !== undefined, {
      field: `hosts.${name}.address`,
      value: address,
      rule: `must not be the address of hosts.${first} too`,
      remedy: "give each host an address of its own",
    });
  });
};

const gateway: Rule = ({ site, hosts }) => keyProblems("site.gateway", site.gateway, "hosts", hosts);

const dns: Rule = ({ site, resolver, privateEndpoints }) => {
  if (!site.dns) return [];
  const field = "site.dns";
  const value = site.dns.at;
  return [
    ...problemIf(!resolver.inbound, {
      field,
      value,
      rule: "must not be given without resolver.inbound, to whose addresses DNS forwards",
      remedy: "add `resolver: {inbound: {}}`, or remove site.dns",
    }),
    ...problemIf(!privateEndpoints, {
      field,
      value,
      rule: "must not be given without privateEndpoints, to whose addresses DNS leads",
      remedy: "add `privateEndpoints: {}`, or remove site.dns",
    }),
  ];
};

const dnsHost: Rule = ({ site, hosts }) => {
  if (site.dns?.at !== "host") return [];
  const { host } = site.dns;
  const field = "site.dns.host";
  return [
    ...keyProblems(field, host, "hosts", hosts).map(({ remedy, ...problem }) => ({
      ...problem,
      remedy: `${remedy}, or set site.dns.at to elsewhere` as const,
    })),
    ...problemIf(hosts[host]?.dead === true, {
      field,
      value: host,
      rule: "must not be a dead host, which answers no query",
      remedy: "name another host, or set site.dns.at to nodes",
    }),
  ];
};

export const siteRules: readonly Rule[] = [hostAddresses, ownAddresses, gateway, dns, dnsHost];
