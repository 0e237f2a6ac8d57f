import type { LoadBalancerArgs } from "@pulumi/aws/lb/loadBalancer.js";
import type { TargetGroupArgs } from "@pulumi/aws/lb/targetGroup.js";
import type { LoadBalancerType } from "../../limits/load-balancing.ts";

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
