/** Services, the nodes that can run them, and the load balancers in front. */
import { eligibleNodes } from "../../components/placement.ts";
import type { Problem } from "../errors.ts";
import { hostPortsOf, nodesOf, targetPort } from "../views.ts";
import { type Rule, when } from "./rule.ts";

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

export const serviceRules: readonly Rule[] = [placement, portClashes, loadBalancers];
