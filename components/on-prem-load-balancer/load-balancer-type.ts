import type { LoadBalancerArgs } from "@pulumi/aws/lb/loadBalancer.js";
import type { TargetGroupArgs } from "@pulumi/aws/lb/targetGroup.js";
import { isPrivate, privateRanges } from "../shared/addresses.ts";
import { type Problem, when } from "../shared/errors.ts";

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

/** How a load balancer finds out whether a node answers. */
export interface BalancerHealthCheck {
  /** HTTP path. Left out: a TCP connection suffices, or `/` for an Application Load Balancer. */
  readonly path?: string | undefined;
  /** 5 to 300. */
  readonly intervalSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

/** What a `LoadBalancer` is given for its type. */
export function balancerOptions(args: LoadBalancerType): LoadBalancerArgs {
  switch (args.type) {
    case "network":
      return { loadBalancerType: "network", enableCrossZoneLoadBalancing: args.crossZone };
    case "application":
      return { loadBalancerType: "application", dropInvalidHeaderFields: true };
  }
}

/** What a `TargetGroup` is given for its load balancer's type. */
export function targetGroupOptions(
  { type }: LoadBalancerType,
  healthCheck: BalancerHealthCheck,
): TargetGroupArgs {
  const common = {
    interval: healthCheck.intervalSeconds,
    // An Application Load Balancer wants it below the interval.
    timeout: Math.min(5, healthCheck.intervalSeconds - 1),
    healthyThreshold: healthCheck.healthyThreshold,
    unhealthyThreshold: healthCheck.unhealthyThreshold,
    port: "traffic-port",
  };
  const http = { ...common, protocol: "HTTP", path: healthCheck.path ?? "/", matcher: "200-399" };
  switch (type) {
    case "network":
      return {
        protocol: "TCP",
        // Kept, it would need a route for every client's address at the site.
        preserveClientIp: "false",
        connectionTermination: true,
        healthCheck: healthCheck.path === undefined ? { ...common, protocol: "TCP" } : http,
      };
    case "application":
      return { protocol: "HTTP", loadBalancingCrossZoneEnabled: "true", healthCheck: http };
  }
}

/** AWS adds a dash and seven random digits for uniqueness, we `-lb`; a name has at most 32 characters. */
const longestName = 32 - 8 - "-lb".length;

/** Why AWS would not take the name. */
export function balancerNameProblems(field: string, name: string): readonly Problem[] {
  return [
    ...when(name.length > longestName, {
      field,
      value: `${name.length} characters`,
      rule: `AWS takes 32 for a load balancer's name, and ${32 - longestName} are a suffix`,
      remedy: `choose a name of at most ${longestName}`,
    }),
    ...when(!/^(?!internal-)[A-Za-z0-9][A-Za-z0-9-]*$/.test(name), {
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
    ...when(!crossZone, {
      field: `${name}.crossZone`,
      value: String(crossZone),
      rule: "an application load balancer without cross-zone balancing cannot reach addresses outside the VPC",
      remedy: "leave crossZone on, or choose type: network",
    }),
    ...when(zones < 2, {
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
  return when(!isPrivate(addresses), {
    field,
    value: addresses,
    rule: `AWS takes targets outside the VPC from ${privateRanges.join(", ")} only`,
    remedy: "give the site a private range",
  });
}
