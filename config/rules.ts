/**
 * What must hold between fields. Each rule is a pure function from the whole configuration to the problems it finds;
 * a rule about one field alone stands in `schema.ts`.
 */
import { eligibleNodes } from "../components/placement.ts";
import { canonical, contains, isPrivate, overlap, prefixLength } from "./addresses.ts";
import type { Problem } from "./errors.ts";
import type { HybridConfig } from "./schema.ts";
import { hostPortsOf, nodesOf, targetPort } from "./views.ts";

type Rule = (config: HybridConfig, region: string) => Problem[];

const when = (broken: boolean, problem: Problem): Problem[] => (broken ? [problem] : []);

const ranges: Rule = ({ network, site }) => [
  ...[
    { field: "network.cidr", value: network.cidr },
    { field: "site.cidr", value: site.cidr },
  ].flatMap(({ field, value }) =>
    when(canonical(value) !== value, {
      field,
      value,
      rule: "a range is named by its first address",
      remedy: `write ${canonical(value)}`,
    }),
  ),
  // AWS takes /16 to /28 (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
  ...when(prefixLength(network.cidr) < 16 || prefixLength(network.cidr) > 24, {
    field: "network.cidr",
    value: network.cidr,
    rule: "must be from /16 to /24: a VPC has at most 65,536 addresses, and each of its 16 blocks at least 16",
    remedy: "choose for example 10.0.0.0/16",
  }),
  ...when(overlap(network.cidr, site.cidr), {
    field: "site.cidr",
    value: site.cidr,
    rule: `overlaps network.cidr ${network.cidr}: no route could tell the site from the VPC`,
    remedy: "choose another range for one of them",
  }),
];

const zones: Rule = ({ network }, region) => [
  ...network.zones.flatMap((zone) =>
    when(!zone.startsWith(region), {
      field: "network.zones",
      value: zone,
      rule: `must be a zone of the Region ${region} (aws:region)`,
      remedy: `choose zones such as ${region}a, or another aws:region`,
    }),
  ),
  ...when(new Set(network.zones).size < network.zones.length, {
    field: "network.zones",
    value: network.zones.join(", "),
    rule: "each zone is named once",
    remedy: "remove the repeated zone",
  }),
  ...when(network.natGateways !== "none" && !network.publicSubnets, {
    field: "network.natGateways",
    value: network.natGateways,
    rule: "a NAT gateway stands in a public subnet",
    remedy: "set network.publicSubnets to true, or natGateways to none",
  }),
];

const siteAddress: Rule = ({ site }) =>
  when(isPrivate(site.publicAddress), {
    field: "site.publicAddress",
    value: site.publicAddress,
    rule: "AWS reaches the site by its router's public address; this one is private",
    remedy: "ask `curl https://checkip.amazonaws.com` on the site",
  });

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
      ...when(!contains(site.cidr, address), {
        field,
        value: address,
        rule: `lies outside site.cidr ${site.cidr}: the VPC would have no route to it`,
        remedy: "correct the address, or widen site.cidr",
      }),
      ...when(first !== undefined, {
        field,
        value: address,
        rule: `hosts.${first} has the same address`,
        remedy: "give each host its own",
      }),
    ];
  });
};

const gateway: Rule = ({ site, hosts }) =>
  when(!(site.gateway in hosts), {
    field: "site.gateway",
    value: site.gateway,
    rule: "must be a key of `hosts`",
    remedy: `choose one of ${Object.keys(hosts).join(", ") || "the hosts, once there are some"}`,
  });

/** https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html */
const reservedInside = [0, 1, 2, 3, 4, 5].map((n) => `169.254.${n}.0/30`).concat("169.254.169.252/30");

const insideCidrs: Rule = ({ vpn }) => {
  const { tunnel1, tunnel2 } = vpn.insideCidrs;
  return [
    ...Object.entries(vpn.insideCidrs).flatMap(([tunnel, value]) =>
      when(
        !contains("169.254.0.0/16", value) ||
          prefixLength(value) !== 30 ||
          canonical(value) !== value ||
          reservedInside.includes(value),
        {
          field: `vpn.insideCidrs.${tunnel}`,
          value,
          rule: `must be a /30 of 169.254.0.0/16 and none of AWS's own (${reservedInside.join(", ")})`,
          remedy: "choose another, such as 169.254.10.0/30",
        },
      ),
    ),
    ...when(tunnel1 === tunnel2, {
      field: "vpn.insideCidrs.tunnel2",
      value: tunnel2,
      rule: "the two tunnels must not share a range",
      remedy: "choose another /30 for one of them",
    }),
  ];
};

const placement: Rule = (config) => {
  const nodes = nodesOf(config);
  return Object.entries(config.services).flatMap(([name, service]) => {
    const eligible = eligibleNodes(nodes, service.placement);
    const wanted = Object.entries(service.placement.attributes).map(([k, v]) => `${k} = ${v}`);
    const oneEach = service.placement.distinctInstance || hostPortsOf(service).length > 0;
    if (eligible.length === 0) {
      return [
        {
          field: `services.${name}.placement.attributes`,
          value: wanted.join(", ") || "{}",
          rule: "no node satisfies it: the service could never start",
          remedy:
            wanted.length > 0
              ? "give a node under `hosts` these attributes"
              : "make a host a node: `node: {}`",
        },
      ];
    }
    return when(oneEach && service.desiredCount > eligible.length, {
      field: `services.${name}.desiredCount`,
      value: String(service.desiredCount),
      rule: `one task a node (fixed host ports or distinctInstance), and only ${eligible.length} can run it: ${eligible.join(", ")}`,
      remedy: "lower desiredCount, or add nodes",
    });
  });
};

const portClashes: Rule = (config) => {
  const nodes = nodesOf(config);
  const takers = new Map<string, { name: string; count: number; nodes: readonly string[] }[]>();
  const problems: Problem[] = [];
  for (const [name, service] of Object.entries(config.services)) {
    const ports = hostPortsOf(service);
    const twice = ports.find((port, i) => ports.indexOf(port) !== i);
    if (twice) {
      problems.push({
        field: `services.${name}.network.ports`,
        value: twice,
        rule: "a host port is given twice",
        remedy: "choose another host port for one of them",
      });
    }
    for (const port of new Set(ports)) {
      const here = { name, count: service.desiredCount, nodes: eligibleNodes(nodes, service.placement) };
      const others = takers.get(port) ?? [];
      const all = [...others, here].filter((taker) => taker.nodes.some((node) => here.nodes.includes(node)));
      const room = new Set(all.flatMap((taker) => taker.nodes)).size;
      const wanted = all.reduce((sum, taker) => sum + taker.count, 0);
      if (all.length > 1 && wanted > room) {
        problems.push({
          field: `services.${name}.network.ports`,
          value: port,
          rule: `services.${others.map((other) => other.name).join(", services.")} takes the same host port, and ${wanted} tasks do not fit on ${room} node${room === 1 ? "" : "s"}`,
          remedy: "choose another host port, or place them on different nodes",
        });
      }
      takers.set(port, [...others, here]);
    }
  }
  return problems;
};

const loadBalancers: Rule = ({ loadBalancers, services, network }) =>
  Object.entries(loadBalancers).flatMap(([name, loadBalancer]) => {
    const field = (key: string) => `loadBalancers.${name}.${key}`;
    const service = services[loadBalancer.service];
    if (!service) {
      return [
        {
          field: field("service"),
          value: loadBalancer.service,
          rule: "must be a key of `services`",
          remedy: `choose one of ${Object.keys(services).join(", ") || "the services, once there are some"}`,
        },
      ];
    }
    return [
      ...when(targetPort(loadBalancer, service) === undefined, {
        field: field("hostPort"),
        value: String(loadBalancer.hostPort ?? "(missing)"),
        rule: `must be one of the TCP host ports of services.${loadBalancer.service} (${hostPortsOf(service).join(", ") || "it has none"})`,
        remedy: "name one of them, or give the service one",
      }),
      ...when(loadBalancer.scheme === "internet-facing" && !network.publicSubnets, {
        field: field("scheme"),
        value: loadBalancer.scheme,
        rule: "an internet-facing load balancer stands in public subnets",
        remedy: "set network.publicSubnets to true, or scheme to internal",
      }),
      ...when(loadBalancer.type === "application" && network.zones.length < 2, {
        field: field("type"),
        value: loadBalancer.type,
        rule: "an application load balancer needs two zones",
        remedy: "add a zone to network.zones, or choose type: network",
      }),
    ];
  });

const rules: readonly Rule[] = [
  ranges,
  zones,
  siteAddress,
  hostAddresses,
  gateway,
  insideCidrs,
  placement,
  portClashes,
  loadBalancers,
];

/** All problems of a configuration that satisfies the schema. */
export function problemsOf(config: HybridConfig, region: string): Problem[] {
  return rules.flatMap((rule) => rule(config, region));
}
