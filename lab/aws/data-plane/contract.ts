/**
 * The interface between the simulated AWS and the network that carries its traffic. The simulation describes the
 * desired network (`desiredNetwork`); an implementation (`LabDataPlane`) builds it in namespaces and reports what it
 * observes.
 */
import type { PrivateNetwork } from "../private-network.ts";

export interface DesiredTunnel {
  /** Public address of AWS's end. */
  readonly outsideAddress: string;
  readonly presharedKey: string;
  /** The /30; its first usable address is AWS's, its second the customer's. */
  readonly insideCidr: string;
  readonly vgwInsideAddress: string;
  readonly cgwInsideAddress: string;
  /** As in the EC2 API: AES256-GCM-16, SHA2-384, 20 … Empty lists: everything that AWS offers. */
  readonly ikeVersions: readonly string[];
  readonly phase1: Proposal;
  readonly phase2: Proposal;
  readonly dpdTimeoutSeconds: number;
  readonly dpdTimeoutAction: "clear" | "none" | "restart";
  /** `start`: AWS initiates; `add`: AWS waits. */
  readonly startupAction: "add" | "start";
}

export interface Proposal {
  readonly encryption: readonly string[];
  readonly integrity: readonly string[];
  readonly dhGroups: readonly number[];
  readonly lifetimeSeconds: number;
}

export interface DesiredVpnConnection {
  readonly id: string;
  readonly vpcCidr: string;
  /** More ranges of the VPC. */
  readonly vpcSecondaryCidrs: readonly string[];
  /** The address from which AWS sees the site. */
  readonly customerGatewayAddress: string;
  /** Static routes to the site. */
  readonly siteCidrs: readonly string[];
  readonly tunnels: readonly DesiredTunnel[];
}

export interface DesiredTarget {
  /** IPv4 address. */
  readonly id: string;
  readonly port: number;
}

export interface DesiredListener {
  readonly port: number;
  readonly protocol: "TCP" | "HTTP";
  /** With it, clients connect with TLS, which ends here. In PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  readonly targetGroupArn: string;
  readonly targets: readonly DesiredTarget[];
  readonly healthCheck: {
    readonly protocol: "TCP" | "HTTP";
    /** A port, or "traffic-port": the target's own. */
    readonly port: string;
    readonly path?: string;
    /** Range of HTTP status codes that count as healthy, such as 200-399. */
    readonly matcher: string;
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
  };
}

/** A port on which every request is answered with a redirect to HTTPS on another one. */
export interface DesiredRedirect {
  readonly port: number;
  readonly toPort: number;
  readonly status: 301 | 302;
}

export interface DesiredLoadBalancer {
  readonly arn: string;
  readonly dnsName: string;
  readonly scheme: "internal" | "internet-facing";
  readonly type: "network" | "application";
  /** The load balancer's own addresses in the VPC, one per subnet. */
  readonly addresses: readonly string[];
  readonly listeners: readonly DesiredListener[];
  readonly redirects: readonly DesiredRedirect[];
}

export interface DesiredNetwork extends PrivateNetwork {
  readonly vpcs: readonly {
    readonly id: string;
    readonly cidr: string;
    readonly secondaryCidrs: readonly string[];
  }[];
  readonly vpnConnections: readonly DesiredVpnConnection[];
  readonly loadBalancers: readonly DesiredLoadBalancer[];
}

export interface ObservedTunnel {
  readonly outsideAddress: string;
  readonly up: boolean;
  readonly statusMessage: string;
}

export interface ObservedTarget {
  readonly targetGroupArn: string;
  readonly id: string;
  readonly port: number;
  readonly state: "initial" | "healthy" | "unhealthy";
  /** As ELB's: Target.FailedHealthChecks, Target.Timeout, Elb.InitialHealthChecking … */
  readonly reason?: string;
}

export interface ObservedNetwork {
  readonly tunnels: readonly ObservedTunnel[];
  readonly targets: readonly ObservedTarget[];
}

export interface DataPlane {
  /** Makes the network match `desired`. Idempotent; called again after every change. */
  reconcile(desired: DesiredNetwork): Promise<void>;
  /** Returns the current observations, within milliseconds. */
  observe(): Promise<ObservedNetwork>;
}

/** A data plane without a network, for a control plane alone: tunnels stay down, targets stay initial. */
export const noDataPlane: DataPlane = {
  reconcile: () => Promise.resolve(),
  observe: () => Promise.resolve({ tunnels: [], targets: [] }),
};
