/** What AWS takes of load balancers and their targets. */
import { isPrivate, privateRanges } from "./addresses.ts";
import { type Problem, problemIf } from "./problem.ts";

/** What differs between the two types of load balancer. */
export type LoadBalancerType =
  | {
      /** Network Load Balancer: TCP. */
      readonly type: "network";
      /** Every zone's address reaches every node. */
      readonly crossZone: boolean;
    }
  | {
      /** Application Load Balancer: HTTP. Needs subnets in two zones. */
      readonly type: "application";
      /** Without it an Application Load Balancer cannot reach addresses outside the VPC. */
      readonly crossZone: true;
    };

/** A name has at most 32 characters: we add `-lb`, and Pulumi a dash and seven random digits. */
const longestName = 32 - 8 - "-lb".length;

/** Why AWS would not take the name. */
export function balancerNameProblems(field: string, name: string): readonly Problem[] {
  return [
    ...problemIf(name.length > longestName, {
      field,
      value: `${name.length} characters`,
      rule: `must have at most ${longestName} characters: AWS takes 32, of which ${32 - longestName} are a suffix`,
      remedy: "choose a shorter name",
    }),
    ...problemIf(!/^(?!internal-)[A-Za-z0-9][A-Za-z0-9-]*$/.test(name), {
      field,
      value: name,
      rule: "must be letters, digits and dashes, and must not begin with internal-, which AWS keeps for itself",
      remedy: "choose another name",
    }),
  ];
}

/** What is wrong with an application load balancer without cross-zone balancing, and what to do. */
export const crossZoneText = {
  rule: "must be true: an application load balancer without cross-zone balancing cannot reach addresses outside the VPC",
  remedy: "set crossZone to true, or choose type: network",
} as const;

/** Why AWS would not take an application load balancer. */
export function balancerTypeProblems(
  name: string,
  { type, crossZone }: { readonly type: LoadBalancerType["type"]; readonly crossZone: boolean },
  zones: number,
): readonly Problem[] {
  if (type === "network") return [];
  return [
    // The type forbids it, but JavaScript and arguments that come from a file have no compiler.
    ...problemIf(!crossZone, {
      field: `${name}.crossZone`,
      value: String(crossZone),
      ...crossZoneText,
    }),
    ...problemIf(zones < 2, {
      field: `${name}.type`,
      value: type,
      rule: `must not be application with ${zones} zone${zones === 1 ? "" : "s"}: an application load balancer needs subnets in two`,
      remedy: "add a zone to the network, or choose type: network",
    }),
  ];
}

/**
 * Why AWS would not take an address, or those of a range, as targets outside the VPC.
 *
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html
 */
export function targetRangeProblems(field: string, addresses: string): readonly Problem[] {
  return problemIf(!isPrivate(addresses), {
    field,
    value: addresses,
    rule: `must lie in one of ${privateRanges.join(", ")}: AWS takes no other targets outside the VPC`,
    remedy: "give the site a private range",
  });
}
