/** A port of a node is taken once: by one task, or by a program of the node itself. */
import type { Problem } from "../../../limits/problem.ts";
import { problemIf } from "../../../limits/problem.ts";
import { portsOf, portsProblems } from "../../../limits/service/host-ports.ts";
import { eligibleNodes } from "../../../limits/service/placement.ts";
import type { HybridConfig } from "../../schema.ts";
import { nodesOf } from "../../views.ts";
import type { Rule } from "../rule.ts";

/** A service that takes a port: how many tasks it has, and the nodes that they may run on. */
export interface Taker {
  readonly name: string;
  readonly tasks: number;
  readonly nodes: readonly string[];
}

/** Services of which one has a task too many, and all the nodes that they may run on. */
export interface Clash {
  /** The last of them is the one whose task found no node. */
  readonly takers: readonly Taker[];
  readonly room: number;
}

/**
 * Finds the services whose tasks cannot all be placed, one per node, because they compete for a host port. Tasks make room
 * for others by moving where they can (a maximum matching); a task that stays without a node is a clash.
 */
export function clashes(takers: readonly Taker[]): readonly Clash[] {
  const holder = new Map<string, Taker>();
  return takers.flatMap((taker) => {
    for (let task = 0; task < taker.tasks; task++) {
      const tried = new Set<string>();
      const place = (one: Taker): boolean =>
        one.nodes.some((node) => {
          if (tried.has(node)) return false;
          tried.add(node);
          const other = holder.get(node);
          if (other && !place(other)) return false;
          holder.set(node, one);
          return true;
        });
      if (place(taker)) continue;
      const others = new Set([...tried].flatMap((node) => holder.get(node) ?? []));
      others.delete(taker);
      return [{ takers: [...others, taker], room: tried.size }];
    }
    return [];
  });
}

const betweenServices: Rule = (config) => {
  const nodes = nodesOf(config);
  const services = Object.entries(config.services).map(([name, service]) => {
    const eligible = eligibleNodes(nodes, service.placement);
    // A service with more tasks than nodes is refused by a rule of its own.
    return {
      name,
      ports: hostPortsOf(service),
      tasks: Math.min(service.desiredCount, eligible.length),
      nodes: eligible,
    };
  });
  const problems = Object.entries(config.services).flatMap(([name, { network }]) =>
    portsProblems(`services.${name}.network`, network),
  );
  for (const port of new Set(services.flatMap(({ ports }) => ports))) {
    for (const { takers, room } of clashes(services.filter(({ ports }) => ports.includes(port)))) {
      const others = takers
        .slice(0, -1)
        .map(({ name }) => `services.${name}`)
        .join(", ");
      const tasks = takers.reduce((sum, taker) => sum + taker.tasks, 0);
      problems.push({
        field: `services.${takers.at(-1)?.name}.network.ports`,
        value: port,
        rule: `must not be shared with ${others}: ${tasks} tasks do not fit on ${room} node${room === 1 ? "" : "s"}`,
        remedy: "choose another host port, or place them on different nodes",
      });
    }
  }
  return problems;
};

/** The ports that a node itself takes, with their owner. */
function ownPorts(name: string, { site, hosts }: HybridConfig): Readonly<Record<string, string>> {
  const { dns } = site;
  const isServer = dns?.at === "nodes" || (dns?.at === "host" && dns.host === name);
  return {
    [`tcp/${hosts[name]?.port}`]: `sshd (hosts.${name}.port)`,
    ...(name === site.gateway
      ? { "udp/500": "the VPN (site.gateway)", "udp/4500": "the VPN (site.gateway)" }
      : {}),
    ...(isServer ? { "tcp/53": "the DNS server (site.dns)", "udp/53": "the DNS server (site.dns)" } : {}),
  };
}

const withTheNode: Rule = (config) => {
  const nodes = nodesOf(config);
  return Object.entries(config.services).flatMap(([name, service]) =>
    hostPortsOf(service).flatMap((port): readonly Problem[] => {
      const [node, owner] =
        eligibleNodes(nodes, service.placement)
          .map((node) => [node, ownPorts(node, config)[port]] as const)
          .find(([, owner]) => owner !== undefined) ?? [];
      return problemIf(owner !== undefined, {
        field: `services.${name}.network.ports`,
        value: port,
        rule: `must not be the port of ${owner} on ${node}, where a task may be placed`,
        remedy: "choose another host port, or place the service on other nodes",
      });
    }),
  );
};

/** `tcp/8080` for each port of a node that a service takes. */
export function hostPortsOf({
  network,
}: Pick<HybridConfig["services"][string], "network">): readonly string[] {
  return portsOf(network).map(({ protocol, port }) => `${protocol}/${port}`);
}

export const hostPortRules: readonly Rule[] = [betweenServices, withTheNode];
