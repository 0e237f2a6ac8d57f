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
      /** Without it an Application Load Balancer cannot reach addresses outside of the VPC. */
      readonly crossZone: true;
    };

/** AWS adds a dash and seven random digits for uniqueness, we `-lb`; a name has at most 32 characters. */
const longestName = 32 - 8 - "-lb".length;

/** Why AWS would not take the name. */
export function balancerNameProblems(field: string, name: string): readonly Problem[] {
  return [
    ...problemIf(name.length > longestName, {
      field,
      value: `${name.length} characters`,
      rule: `AWS takes 32 for a load balancer's name, and ${32 - longestName} are a suffix`,
      remedy: `choose a name of at most ${longestName}`,
    }),
    ...problemIf(!/^(?!internal-)[A-Za-z0-9][A-Za-z0-9-]*$/.test(name), {
      field,
      value: "a load balancer's name",
      rule: "AWS takes letters, digits and dashes, and keeps names that begin with internal- for itself",
      remedy: "choose another name",
    }),
  ];
}

/** What an application load balancer needs and does not have. */
export function balancerTypeProblems(
  name: string,
  { type, crossZone }: { readonly type: LoadBalancerType["type"]; readonly crossZone: boolean },
  zones: number,
): readonly Problem[] {
  if (type === "network") return [];
  return [
    // Whoever writes JavaScript, or reads the arguments from a file, has no compiler to say it.
    ...problemIf(!crossZone, {
      field: `${name}.crossZone`,
      value: String(crossZone),
      rule: "an application load balancer without cross-zone balancing cannot reach addresses outside the VPC",
      remedy: "leave crossZone on, or choose type: network",
    }),
    ...problemIf(zones < 2, {
      field: `${name}.type`,
      value: type,
      rule: `an application load balancer needs subnets in two zones; there ${zones === 1 ? "is 1" : `are ${zones}`}`,
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
    rule: `AWS takes targets outside the VPC from ${privateRanges.join(", ")} only`,
    remedy: "give the site a private range",
  });
}
