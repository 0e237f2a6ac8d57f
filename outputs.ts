/** What a stack tells other projects: the typed contract on both sides of a StackReference. */
import * as pulumi from "@pulumi/pulumi";
import type { Preflight } from "./pi/steps/preflight.ts";

/** All outputs of a stack, as another project reads them. */
export interface HybridOutputs {
  /** For example us-east-1. */
  readonly region: string;
  readonly vpc: {
    readonly id: string;
    readonly cidr: string;
    /** One a zone, in the order of `network.zones`. */
    readonly privateSubnetIds: readonly string[];
    /** Empty without `network.publicSubnets`. */
    readonly publicSubnetIds: readonly string[];
  };
  readonly vpn: {
    readonly connectionId: string;
    readonly tunnels: Readonly<Record<"tunnel1" | "tunnel2", TunnelOutput>>;
  };
  /** By AWS service; empty without `privateEndpoints`. */
  readonly endpoints: Readonly<Record<string, EndpointOutput>>;
  readonly resolver: {
    /** What the site's DNS forwards to, in the order of the zones; empty without `resolver.inbound`. */
    readonly inboundAddresses: readonly string[];
  };
  /** What to put into the site's DNS server where it is none of the hosts; else empty. */
  readonly dnsSnippet: string;
  readonly cluster: { readonly name: string; readonly arn: string };
  /** By the host's key in `hosts`. */
  readonly nodes: Readonly<Record<string, NodeOutput>>;
  /** The way to AWS's endpoints as each node measured it, by the host's key; empty without `site.dns`. */
  readonly preflight: Readonly<Record<string, Preflight>>;
  /** In °C, by the host's key, of the hosts with a fan and a sensor; as their fan's step last saw it. */
  readonly temperatures: Readonly<Record<string, number>>;
  /** By the service's key in `services`. */
  readonly services: Readonly<Record<string, { readonly name: string; readonly arn: string }>>;
  /** By the load balancer's key in `loadBalancers`. */
  readonly loadBalancers: Readonly<
    Record<string, { readonly arn: string; readonly dnsName: string; readonly url: string }>
  >;
}

/** One of the VPN connection's two tunnels. */
export interface TunnelOutput {
  /** Public address of AWS's end. */
  readonly address: string;
  /** As the gateway last verified it: "UP" when traffic was seen through it; "UNKNOWN" when it died before it said. */
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
  /** What ECS knows it as. */
  readonly containerInstanceArn: string;
}

/** The same outputs while they are still being made: what index.ts exports. */
export type HybridExports = { readonly [K in keyof HybridOutputs]: pulumi.Input<Deferred<HybridOutputs[K]>> };

type Deferred<T> = T extends string | number
  ? pulumi.Input<T>
  : T extends readonly (infer E)[]
    ? readonly pulumi.Input<E>[]
    : { readonly [K in keyof T]: pulumi.Input<Deferred<T[K]>> };

/**
 * The outputs of a stack of this program, for another project.
 *
 * @param stack fully qualified, `organization/project/stack`
 * @example const { cluster, loadBalancers } = hybridOutputs("acme/ecs-anywhere-hybrid/home");
 * @throws (inside the Output) when the stack has no such output: it is not a stack of this program, or never came up
 */
export function hybridOutputs(stack: string): {
  readonly [K in keyof HybridOutputs]: pulumi.Output<HybridOutputs[K]>;
} {
  const reference = new pulumi.StackReference(stack);
  const output = <K extends keyof HybridOutputs>(key: K) =>
    reference.requireOutput(key).apply((value: HybridOutputs[K]) => value) as pulumi.Output<HybridOutputs[K]>;
  // Asked for one by one: a stack that an older version made may lack what this project does not read.
  return {
    get region() {
      return output("region");
    },
    get vpc() {
      return output("vpc");
    },
    get vpn() {
      return output("vpn");
    },
    get endpoints() {
      return output("endpoints");
    },
    get resolver() {
      return output("resolver");
    },
    get dnsSnippet() {
      return output("dnsSnippet");
    },
    get cluster() {
      return output("cluster");
    },
    get nodes() {
      return output("nodes");
    },
    get preflight() {
      return output("preflight");
    },
    get temperatures() {
      return output("temperatures");
    },
    get services() {
      return output("services");
    },
    get loadBalancers() {
      return output("loadBalancers");
    },
  };
}
