import { hostAttribute } from "../cluster.ts";
import { type Problem, problemIf } from "../problem.ts";
import { portsOf, type ServiceNetwork } from "./host-ports.ts";

/** The nodes that may run a service's tasks: the scheduler's own rule as plain data, since it is needed before there is a scheduler. */
export interface Placement {
  /** Nodes that have all of these attributes with these values. Empty: every node. */
  readonly attributes: Readonly<Record<string, string>>;
  /** At most one task of the service per node. */
  readonly distinctInstance: boolean;
}

/** The properties of a node that are known before it runs. */
export interface PlacementNode {
  /** Its custom ECS attributes, as written to `ECS_INSTANCE_ATTRIBUTES`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Attributes that the ECS agent sets at its registration, so that a configuration cannot know their values. */
const setByAgent = (attribute: string) => attribute.startsWith("ecs.");

/**
 * Returns the names of the nodes that may run a service, in the order of `nodes`. Constraints on the agent's own attributes
 * (`ecs.os-type`, `ecs.cpu-architecture`, …) exclude no node here.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
 */
export function eligibleNodes(
  nodes: Readonly<Record<string, PlacementNode>>,
  placement: Pick<Placement, "attributes">,
): readonly string[] {
  const wanted = Object.entries(placement.attributes).filter(([key]) => !setByAgent(key));
  return Object.entries(nodes)
    .filter(([name, node]) =>
      wanted.every(([key, value]) => (key === hostAttribute ? name : node.attributes[key]) === value),
    )
    .map(([name]) => name);
}

/** Whether a node can run only one task of a service: fixed host ports, or `distinctInstance`. */
export function isOnePerNode(
  placement: Pick<Placement, "distinctInstance">,
  network: ServiceNetwork,
): boolean {
  return placement.distinctInstance || portsOf(network).length > 0;
}

/** Why the tasks of a service could not all run; nothing where no task is asked for. */
export function roomProblems(
  name: string,
  nodes: Readonly<Record<string, PlacementNode>>,
  service: { readonly placement: Placement; readonly network: ServiceNetwork; readonly desiredCount: number },
): readonly Problem[] {
  const { placement, network, desiredCount } = service;
  const eligible = eligibleNodes(nodes, placement);
  const wanted = Object.entries(placement.attributes).map(([key, value]) => `${key} = ${value}`);
  return [
    ...problemIf(desiredCount > 0 && eligible.length === 0, {
      field: `${name}.placement.attributes`,
      value: wanted.sort().join(", ") || "{}",
      rule: "must match a node: otherwise the service could never start",
      remedy:
        wanted.length > 0
          ? "give a node these attributes, or ask for fewer"
          : "add `node: {}` to a host, which makes it a node",
    }),
    ...problemIf(isOnePerNode(placement, network) && eligible.length > 0 && desiredCount > eligible.length, {
      field: `${name}.desiredCount`,
      value: String(desiredCount),
      rule: `must be at most ${eligible.length}: with fixed host ports or distinctInstance there is one task per node, and these can run it: ${eligible.join(", ")}`,
      remedy: "lower desiredCount, or add nodes",
    }),
  ];
}

/** Why the query language of ECS cannot compare an attribute's value. */
export function attributeProblems(field: string, value: string): readonly Problem[] {
  return problemIf(!/^[^\s\\]+$/.test(value), {
    field,
    value: JSON.stringify(value),
    rule: "must not be empty, or have a space or a backslash: the query language of ECS cannot compare it",
    remedy: "choose another value, also on the nodes",
  });
}
