import { throwIfAny } from "../../limits/problem.ts";
import { attributeProblems, type Placement } from "../../limits/service/placement.ts";

/** A placement constraint as the ECS API takes it. */
export interface PlacementConstraint {
  readonly type: "memberOf" | "distinctInstance";
  readonly expression?: string;
}

/**
 * Returns the placement as ECS placement constraints: one `memberOf` over all attributes, in alphabetical order so that the
 * order in a file changes nothing, and `distinctInstance`.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
 *
 * @param field path of the placement, for errors
 * @throws RunError when a value has a space or a backslash, which the query language cannot express
 */
export function placementConstraints(field: string, placement: Placement): PlacementConstraint[] {
  const terms = Object.keys(placement.attributes)
    .sort()
    .map((key) => {
      const value = placement.attributes[key] ?? "";
      throwIfAny(attributeProblems(`${field}.attributes.${key}`, value));
      return `attribute:${key} == ${value}`;
    });
  return [
    ...(terms.length > 0 ? [{ type: "memberOf" as const, expression: terms.join(" and ") }] : []),
    ...(placement.distinctInstance ? [{ type: "distinctInstance" as const }] : []),
  ];
}
