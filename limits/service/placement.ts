import { hostAttribute } from "../cluster.ts";
import { type Problem, problemIf } from "../problem.ts";

/** Which nodes may run a service's tasks, as pure data: the scheduler's own rule, needed before there is a scheduler. */
export interface Placement {
  /** Nodes that have all of these attributes with these values. Empty: every node. */
  readonly attributes: Readonly<Record<string, string>>;
  /** At most one task of the service on a node. */
  readonly distinctInstance: boolean;
}

/** What is known of a node before it runs. */
export interface PlacementNode {
  /** Its custom ECS attributes, as written to `ECS_INSTANCE_ATTRIBUTES`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Attributes that the ECS agent sets by itself on registration; a configuration cannot know their values. */
const setByAgent = (attribute: string) => attribute.startsWith("ecs.");

/**
 * The names of the nodes that may run a service, in the order of `nodes`. Constraints on the agent's own attributes
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

/** Why the tasks of a service could not all run; nothing where none is asked for. */
export function roomProblems(
  name: string,
  nodes: Readonly<Record<string, PlacementNode>>,
  service: { readonly placement: Placement; readonly count: number; readonly oneANode: boolean },
): readonly Problem[] {
  const { placement, count, oneANode } = service;
  const eligible = eligibleNodes(nodes, placement);
  const wanted = Object.entries(placement.attributes).map(([key, value]) => `${key} = ${value}`);
  return [
    ...problemIf(count > 0 && eligible.length === 0, {
      field: `${name}.placement.attributes`,
      value: wanted.sort().join(", ") || "{}",
      rule: "no node satisfies it: the service could never start",
      remedy:
        wanted.length > 0
          ? "give a node these attributes, or ask for fewer"
          : "make a host a node: `node: {}`",
    }),
    ...problemIf(oneANode && eligible.length > 0 && count > eligible.length, {
      field: `${name}.desiredCount`,
      value: String(count),
      rule: `one task a node (fixed host ports or distinctInstance), and only ${eligible.length} can run it: ${eligible.join(", ")}`,
      remedy: "lower desiredCount, or add nodes",
    }),
  ];
}

/** Why the query language of ECS cannot compare with an attribute's value. */
export function attributeProblems(field: string, value: string): readonly Problem[] {
  return problemIf(!/^[^\s\\]+$/.test(value), {
    field,
    value: JSON.stringify(value),
    rule: "must not be empty nor have a space or a backslash: the query language of ECS cannot compare with it",
    remedy: "choose another value, also on the nodes",
  });
}
