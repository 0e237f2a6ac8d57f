import type { LoadBalancerArgs } from "@pulumi/aws/lb/loadBalancer.js";
import type { TargetGroupArgs } from "@pulumi/aws/lb/targetGroup.js";
import type * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerType } from "../../limits/load-balancing.ts";
import { defined } from "../../records.ts";

/** How clients connect with TLS. It ends at the load balancer, which connects to the node without. */
export interface BalancerTls {
  /** Of a certificate in AWS Certificate Manager, in the load balancer's Region. */
  readonly certificateArn: pulumi.Input<string>;
  /** Security policy, for example `ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09`. */
  readonly policy: string;
}

/** What differs between the two types of load balancer, beside {@link LoadBalancerType}. */
export type BalancerKind =
  | (Extract<LoadBalancerType, { type: "network" }> & { readonly tls?: BalancerTls | undefined })
  | (Extract<LoadBalancerType, { type: "application" }> & {
      readonly tls?:
        | (BalancerTls & {
            /** Port whose requests are redirected to HTTPS. */
            readonly redirectFrom: number | false;
          })
        | undefined;
      /** Of a regional web ACL of AWS WAF, in the load balancer's Region. */
      readonly webAclArn?: pulumi.Input<string> | undefined;
    });

/** Where a load balancer writes its access logs: an S3 bucket whose policy lets it. */
export interface AccessLogs {
  readonly bucket: string;
  readonly prefix?: string | undefined;
}

/** How a load balancer checks whether a node answers. */
export interface BalancerHealthCheck {
  /** HTTP path. Default: `/`, or a TCP connection for a Network Load Balancer. */
  readonly path?: string | undefined;
  /** 5 to 300. */
  readonly intervalSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

/**
 * Returns access logs as arguments of a `LoadBalancer`. Without any they are switched off: the provider does not see that the
 * block is gone (`SuppressMissingOptionalConfigurationBlock`).
 */
export function accessLogsOption(logs: AccessLogs | undefined): Pick<LoadBalancerArgs, "accessLogs"> {
  return { accessLogs: logs ? { ...defined(logs), enabled: true } : { bucket: "", enabled: false } };
}

/** Returns the arguments of a `LoadBalancer` that depend on its type. */
export function balancerOptions(args: LoadBalancerType): LoadBalancerArgs {
  switch (args.type) {
    case "network":
      return { loadBalancerType: "network", enableCrossZoneLoadBalancing: args.crossZone };
    case "application":
      return { loadBalancerType: "application", dropInvalidHeaderFields: true };
  }
}

/** Returns the arguments of a `TargetGroup` that depend on its load balancer's type. */
export function targetGroupOptions(
  { type }: LoadBalancerType,
  healthCheck: BalancerHealthCheck,
): TargetGroupArgs {
  const common = {
    interval: healthCheck.intervalSeconds,
    // For an Application Load Balancer it must be below the interval.
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
        // With the client's address, the site would need a route for every client.
        preserveClientIp: "false",
        connectionTermination: true,
        healthCheck: healthCheck.path === undefined ? { ...common, protocol: "TCP" } : http,
      };
    case "application":
      return { protocol: "HTTP", loadBalancingCrossZoneEnabled: "true", healthCheck: http };
  }
}
