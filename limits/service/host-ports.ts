/** How the containers of a service use their node's network, and which of its ports they take. */
import { type Problem, problemIf } from "../problem.ts";

/** How containers use their node's network. ECS's other mode, `awsvpc`, does not exist outside AWS. */
export type ServiceNetwork =
  | {
      /** Docker's bridge, with container ports that are published on the node. */
      readonly mode: "bridge";
      readonly ports: readonly {
        readonly host: number;
        readonly container: number;
        readonly protocol: "tcp" | "udp";
      }[];
    }
  | {
      /** The node's own network; `ports` are those that the container listens on, by TCP. */
      readonly mode: "host";
      readonly ports: readonly number[];
    }
  | { readonly mode: "none" };

/** A port of the node that a container takes. */
export interface HostPort {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}

/** sshd, Docker and the ECS agent: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html */
const reservedPorts = [22, 2375, 2376, 51678, 51679];

/** Why a task cannot have a port of its node. */
export function hostPortProblems(field: string, port: number): readonly Problem[] {
  return problemIf(reservedPorts.includes(port), {
    field,
    value: String(port),
    rule: `must not be one of ${reservedPorts.join(", ")}, which sshd, Docker and the ECS agent use`,
    remedy: "choose another host port",
  });
}

/** Why a task cannot have the ports of its node together. */
export function portsProblems(field: string, network: ServiceNetwork): readonly Problem[] {
  const named = portsOf(network).map(({ protocol, port }) => `${protocol}/${port}`);
  return problemIf(new Set(named).size < named.length, {
    field: `${field}.ports`,
    value: named.find((port, i) => named.indexOf(port) < i) ?? "",
    rule: "must be given once",
    remedy: "choose another host port for one of them",
  });
}

/** Why a service cannot have its network. */
export function networkProblems(field: string, network: ServiceNetwork): readonly Problem[] {
  return [
    ...portsOf(network).flatMap(({ port }) => hostPortProblems(`${field}.ports`, port)),
    ...portsProblems(field, network),
  ];
}

/** Returns the ports of the node that each task takes. */
export function portsOf(network: ServiceNetwork): readonly HostPort[] {
  switch (network.mode) {
    case "bridge":
      return network.ports.map(({ host, protocol }) => ({ port: host, protocol }));
    case "host":
      return network.ports.map((port) => ({ port, protocol: "tcp" }));
    case "none":
      return [];
  }
}
