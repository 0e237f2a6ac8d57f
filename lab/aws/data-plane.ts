/**
 * The border between the simulated AWS and the network that carries its traffic. The simulation says what there should
 * be; an implementation (lab/aws/data-plane/) makes it so in namespaces, and reports what it sees.
 */
import { z } from "zod";
import type { Aws } from "./aws.ts";
import { type PrivateNetwork, privateNetwork } from "./private-network.ts";
import { addressesOf, listener, loadBalancer } from "./services/elb.ts";
import { targetGroup, targetGroupAttachment } from "./services/target-groups.ts";
import { vpc } from "./services/vpc.ts";
import { customerGateway, vpnConnectionRoute, vpnGateway } from "./services/vpn.ts";
import { optionsOf, tunnelNumbers, vpnConnection } from "./services/vpn-connection.ts";

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
  /** The address that AWS sees the site from. */
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

export interface DesiredLoadBalancer {
  readonly arn: string;
  readonly dnsName: string;
  readonly scheme: "internal" | "internet-facing";
  readonly type: "network" | "application";
  /** The load balancer's own addresses in the VPC, one a subnet. */
  readonly addresses: readonly string[];
  readonly listeners: readonly DesiredListener[];
}

export interface DesiredNetwork extends PrivateNetwork {
  readonly vpcs: readonly { readonly id: string; readonly cidr: string }[];
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
  /** Makes the network what is desired. Idempotent; called again after every change. */
  reconcile(desired: DesiredNetwork): Promise<void>;
  /** What is seen right now. Takes milliseconds. */
  observe(): Promise<ObservedNetwork>;
}

/** A network of nothing: tunnels stay down, targets stay initial. For a control plane alone. */
export const noDataPlane: DataPlane = {
  reconcile: () => Promise.resolve(),
  observe: () => Promise.resolve({ tunnels: [], targets: [] }),
};

const output = (outputs: Readonly<Record<string, unknown>>, key: string): string =>
  z.string().parse(outputs[key]);

const vpnConnections = (aws: Aws): DesiredVpnConnection[] =>
  vpnConnection.all(aws).map(({ id, inputs, outputs }) => {
    const vpcId = vpnGateway.get(aws, inputs.vpnGatewayId)?.inputs.vpcId ?? "";
    const routes = vpnConnectionRoute.all(aws).filter((r) => r.inputs.vpnConnectionId === id);
    return {
      id,
      vpcCidr: vpc.get(aws, vpcId)?.inputs.cidrBlock ?? "",
      customerGatewayAddress: customerGateway.get(aws, inputs.customerGatewayId)?.inputs.ipAddress ?? "",
      siteCidrs: routes.map((r) => r.inputs.destinationCidrBlock),
      tunnels: tunnelNumbers.map((n): DesiredTunnel => {
        const o = optionsOf(inputs, n);
        return {
          outsideAddress: output(outputs, `tunnel${n}Address`),
          presharedKey: output(outputs, `tunnel${n}PresharedKey`),
          insideCidr: output(outputs, `tunnel${n}InsideCidr`),
          vgwInsideAddress: output(outputs, `tunnel${n}VgwInsideAddress`),
          cgwInsideAddress: output(outputs, `tunnel${n}CgwInsideAddress`),
          ikeVersions: o.ikeVersions ?? [],
          phase1: {
            encryption: o.phase1EncryptionAlgorithms ?? [],
            integrity: o.phase1IntegrityAlgorithms ?? [],
            dhGroups: o.phase1DhGroupNumbers ?? [],
            lifetimeSeconds: o.phase1LifetimeSeconds ?? 28800,
          },
          phase2: {
            encryption: o.phase2EncryptionAlgorithms ?? [],
            integrity: o.phase2IntegrityAlgorithms ?? [],
            dhGroups: o.phase2DhGroupNumbers ?? [],
            lifetimeSeconds: o.phase2LifetimeSeconds ?? 3600,
          },
          dpdTimeoutSeconds: o.dpdTimeoutSeconds ?? 30,
          dpdTimeoutAction: o.dpdTimeoutAction ?? "clear",
          startupAction: o.startupAction ?? "add",
        };
      }),
    };
  });

const http = (protocol: string): "TCP" | "HTTP" => (protocol.startsWith("HTTP") ? "HTTP" : "TCP");

const listeners = (aws: Aws, arn: string): DesiredListener[] =>
  listener
    .all(aws)
    .filter((l) => l.inputs.loadBalancerArn === arn)
    .flatMap(({ inputs }) =>
      inputs.defaultActions.flatMap(({ targetGroupArn }) => {
        const group = targetGroup.get(aws, targetGroupArn ?? "");
        if (!group) return [];
        const check = group.inputs.healthCheck;
        const protocol = http(check?.protocol ?? group.inputs.protocol);
        const attached = targetGroupAttachment.all(aws).filter((a) => a.inputs.targetGroupArn === group.id);
        const path = check?.path ?? (protocol === "HTTP" ? "/" : undefined);
        return [
          {
            port: inputs.port,
            protocol: http(inputs.protocol),
            targetGroupArn: group.id,
            targets: attached.map((a) => ({
              id: a.inputs.targetId,
              port: a.inputs.port ?? group.inputs.port,
            })),
            healthCheck: {
              protocol,
              port: check?.port ?? "traffic-port",
              ...(path === undefined ? {} : { path }),
              matcher: check?.matcher ?? "200-399",
              intervalSeconds: check?.interval ?? 30,
              timeoutSeconds: check?.timeout ?? (protocol === "HTTP" ? 6 : 10),
              healthyThreshold: check?.healthyThreshold ?? 3,
              unhealthyThreshold: check?.unhealthyThreshold ?? 3,
            },
          },
        ];
      }),
    );

/** What the network should be, from what the account holds. Pure. */
export const desiredNetwork = (aws: Aws): DesiredNetwork => ({
  vpcs: vpc.all(aws).map((v) => ({ id: v.id, cidr: v.inputs.cidrBlock })),
  vpnConnections: vpnConnections(aws),
  loadBalancers: loadBalancer.all(aws).map(({ id, inputs, outputs }) => ({
    arn: id,
    dnsName: output(outputs, "dnsName"),
    scheme: inputs.internal ? "internal" : "internet-facing",
    type: inputs.loadBalancerType,
    addresses: addressesOf(outputs),
    listeners: listeners(aws, id),
  })),
  ...privateNetwork(aws),
});
