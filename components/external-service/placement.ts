import { type Problem, refuse, when } from "../shared/errors.ts";

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

/** The ECS attribute that every node has: its value is the host's key in `hosts`. */
export const hostAttribute = "hybrid.host";

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

/** A placement constraint as the ECS API takes it. */
export interface PlacementConstraint {
  readonly type: "memberOf" | "distinctInstance";
  readonly expression?: string;
}

/**
 * The placement as ECS placement constraints: one `memberOf` over all attributes, in alphabetical order so that the
 * order in a file changes nothing, and `distinctInstance`.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
 *
 * @param field path of the placement, for errors
 * @throws RunError when a value has a space or a backslash, which the query language cannot say
 */
export function placementConstraints(field: string, placement: Placement): PlacementConstraint[] {
  const terms = Object.keys(placement.attributes)
    .sort()
    .map((key) => {
      const value = placement.attributes[key] ?? "";
      refuse(attributeProblems(`${field}.attributes.${key}`, value));
      return `attribute:${key} == ${value}`;
    });
  return [
    ...(terms.length > 0 ? [{ type: "memberOf" as const, expression: terms.join(" and ") }] : []),
    ...(placement.distinctInstance ? [{ type: "distinctInstance" as const }] : []),
  ];
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
    ...when(count > 0 && eligible.length === 0, {
      field: `${name}.placement.attributes`,
      value: wanted.sort().join(", ") || "{}",
      rule: "no node satisfies it: the service could never start",
      remedy:
        wanted.length > 0
          ? "give a node these attributes, or ask for fewer"
          : "make a host a node: `node: {}`",
    }),
    ...when(oneANode && eligible.length > 0 && count > eligible.length, {
      field: `${name}.desiredCount`,
      value: String(count),
      rule: `one task a node (fixed host ports or distinctInstance), and only ${eligible.length} can run it: ${eligible.join(", ")}`,
      remedy: "lower desiredCount, or add nodes",
    }),
  ];
}

/** Why the query language of ECS cannot compare with an attribute's value. */
export function attributeProblems(field: string, value: string): readonly Problem[] {
  return when(!/^[^\s\\]+$/.test(value), {
    field,
    value: JSON.stringify(value),
    rule: "must not be empty nor have a space or a backslash: the query language of ECS cannot compare with it",
    remedy: "choose another value, also on the nodes",
  });
}
