/** What a stack tells other projects: the typed contract on both sides of a StackReference. */
import * as pulumi from "@pulumi/pulumi";
import type { Preflight } from "./pi/steps/preflight.ts";
import { mapValues } from "./records.ts";

/**
 * All outputs of a stack. Their types, what index.ts must export, and how other projects read them derive from this
 * record.
 */
export const outputs = {
  region: output<string>("For example us-east-1."),
  vpc: output<VpcOutput>("The VPC and its subnets."),
  vpn: output<{
    readonly gatewayId: string;
    readonly connectionId: string;
    readonly tunnels: Readonly<Record<"tunnel1" | "tunnel2", TunnelOutput>>;
  }>("The VPN connection. Another site's stack names `gatewayId` in `vpn.vpnGatewayId`."),
  endpoints: output<ByName<EndpointOutput>>("By AWS service; empty without `privateEndpoints`."),
  resolver: output<{ readonly inboundAddresses: readonly string[] }>(
    "`inboundAddresses`: what the site's DNS forwards to, in the order of the zones; empty without `resolver.inbound`.",
  ),
  dnsSnippet: output<string>(
    "The text for the configuration of the site's DNS server, with `site.dns.at: elsewhere`; otherwise empty.",
  ),
  cluster: output<ClusterOutput>("The ECS cluster, and what it lends to other projects."),
  nodes: output<ByName<NodeOutput>>("By the host's key in `hosts`."),
  preflight: output<ByName<Preflight>>(
    "The path to AWS's endpoints as each node measured it, by the host's key; empty without `site.dns`.",
  ),
  temperatures: output<ByName<number>>(
    "In °C, by the host's key, of the hosts with a fan and a sensor; as the fan's step last saw it.",
  ),
  services: output<ByName<ServiceOutput>>("By the service's key in `services`."),
  loadBalancers: output<ByName<LoadBalancerOutput>>("By the load balancer's key in `loadBalancers`."),
} as const;

type ByName<T> = Readonly<Record<string, T>>;

interface Named {
  readonly name: string;
  readonly arn: string;
}

export interface ClusterOutput extends Named {
  /** The role of the nodes. */
  readonly nodeRoleName: string;
  /** Encrypts the services' logs. */
  readonly keyArn: string;
  /** Name of the log group of ECS Exec sessions. */
  readonly execLogGroup: string;
}

export interface ServiceOutput extends Named {
  /** The role of the containers: a policy that is attached to it is a permission of theirs. */
  readonly taskRoleName: string;
  /** The role by which the ECS agent starts the containers. */
  readonly executionRoleName: string;
}

export interface VpcOutput {
  readonly id: string;
  readonly cidr: string;
  /** One per zone, in the order of `network.zones`. */
  readonly privateSubnetIds: readonly string[];
  /** Empty without `network.publicSubnets`. */
  readonly publicSubnetIds: readonly string[];
  /** All route tables of these subnets: the private ones by zone, the public ones' by `public`; or as named in `network.existing`. */
  readonly routeTableIds: ByName<string>;
}

/** One of the VPN connection's two tunnels. */
export interface TunnelOutput {
  /** Public address of AWS's end. */
  readonly address: string;
  /**
   * As the gateway last verified it: "UP" when it saw traffic through the tunnel, "UNKNOWN" when a dead gateway never
   * reported.
   */
  readonly state: string;
}

/** An interface endpoint: AWS's service at private addresses. */
export interface EndpointOutput {
  /** `vpce-` and 17 hexadecimal digits. */
  readonly id: string;
  /** In the VPC, in the order of the zones. */
  readonly addresses: readonly string[];
}

/** A host as a node of the cluster. */
export interface NodeOutput {
  /** Address on the site's network. */
  readonly address: string;
  /** Id in Systems Manager, `mi-` and 17 hexadecimal digits. */
  readonly managedInstanceId: string;
  /** Its ARN in ECS. */
  readonly containerInstanceArn: string;
}

export interface LoadBalancerOutput {
  readonly arn: string;
  readonly dnsName: string;
  /** With the load balancer's own name: `https://` with `tls`, else `http://`. */
  readonly url: string;
  /** For listeners and rules of other projects. */
  readonly targetGroupArn: string;
  /** The load balancer's own security group, for rules of other groups. */
  readonly securityGroupId: string;
}

/** A description of an output of type T. */
interface Description<T> {
  readonly text: string;
  /** Never present: it carries the type. */
  readonly type?: T;
}

function output<T>(text: string): Description<T> {
  return { text };
}

/** All outputs of a stack, as another project reads them. */
export type HybridOutputs = {
  readonly [K in keyof typeof outputs]: (typeof outputs)[K] extends Description<infer T> ? T : never;
};

/** The same outputs before their values are known: the export of index.ts. */
export type HybridExports = { readonly [K in keyof HybridOutputs]: pulumi.Input<Deferred<HybridOutputs[K]>> };

type Deferred<T> = T extends string | number
  ? pulumi.Input<T>
  : T extends readonly (infer E)[]
    ? readonly pulumi.Input<E>[]
    : { readonly [K in keyof T]: pulumi.Input<Deferred<T[K]>> };

/**
 * Returns the outputs of a stack of this program, for another project. Each is requested when it is read: a stack of an
 * older version may lack outputs that this project does not read.
 *
 * @param stack fully qualified, `organization/project/stack`
 * @example const { cluster, loadBalancers } = hybridOutputs("acme/ecs-anywhere-hybrid/home");
 * @throws Error inside the Output when the stack has no such output: it belongs to another program, or never came up
 */
export function hybridOutputs(stack: string): {
  readonly [K in keyof HybridOutputs]: pulumi.Output<HybridOutputs[K]>;
} {
  const reference = new pulumi.StackReference(stack);
  const getters = mapValues(outputs, (_, name) => ({
    enumerable: true,
    get: () => reference.requireOutput(name),
  }));
  return Object.defineProperties({}, getters) as ReturnType<typeof hybridOutputs>;
}
