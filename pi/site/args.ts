import type * as pulumi from "@pulumi/pulumi";
import type { HostConfig, InstallerConfig, SiteConfig, SshConfig, VpnConfig } from "../../config/schema.ts";
import type { PerTunnel } from "../../limits/connectivity.ts";
import type { Host } from "../host.ts";
import type { EndpointName } from "../steps/preflight.ts";
import type { GatewayTunnel } from "../steps/vpn-gateway.ts";

export type { PerTunnel };

/** Arguments of a Site: most of them as a stack file has them (docs/reference.md). */
export interface SiteArgs {
  /** For example us-east-1. */
  readonly region: pulumi.Input<string>;
  readonly site: SiteConfig;
  /** By a name of the user's choice, which is part of the name of every step. */
  readonly hosts: Readonly<Record<string, HostConfig>>;
  readonly ssh: SshConfig;
  /** For example `["10.0.0.0/16"]`. */
  readonly vpcCidrs: readonly string[];
  readonly channel: Channel;
  /** Default: the nodes reach AWS's services over the internet. */
  readonly privateAccess?: PrivateAccess | undefined;
  /** What the nodes join. */
  readonly cluster: {
    readonly clusterName: pulumi.Input<string>;
    /** ECS attributes of all nodes of this stack, and of no other stack's in the cluster. */
    readonly nodeAttributes?: Readonly<Record<string, string>> | undefined;
    readonly installer: InstallerConfig;
    /** By the host's key; for each node that is not dead. */
    readonly activations: Readonly<
      Record<
        string,
        { readonly activationId: pulumi.Input<string>; readonly activationCode: pulumi.Input<string> }
      >
    >;
  };
}

/** A host of the site, with the steps that it has so far. */
export interface SiteHost {
  /** Its key in `hosts`. */
  readonly name: string;
  readonly settings: HostConfig;
  readonly host: Host;
  /** In °C, as the fan's step saw it; undefined without a fan, and where the kernel reports none. */
  readonly temperature: pulumi.Output<number | undefined>;
}

/** How the site reaches the VPC: each kind has its own step of the gateway, and nothing else depends on the kind. */
export type Channel = SiteToSiteVpn;

/** Two IPsec tunnels, which the gateway carries. */
export interface SiteToSiteVpn extends Pick<VpnConfig, "format" | "dataPath"> {
  readonly kind: "site-to-site-vpn";
  readonly tunnels: PerTunnel<{ readonly [K in keyof GatewayTunnel]: pulumi.Input<string> }>;
  /** What must exist in AWS before traffic can flow: the gateway's step waits for it. */
  readonly ready: readonly pulumi.Resource[];
}

/** AWS's services at addresses of the VPC, and the resolver that knows these. */
export interface PrivateAccess {
  /** Every name that the agents use, with its endpoint's addresses. */
  readonly names: pulumi.Input<readonly EndpointName[]>;
  /** Addresses of the VPC's inbound resolver. */
  readonly resolvers: pulumi.Input<readonly string[]>;
  /** What must exist in AWS before names resolve and endpoints answer. */
  readonly ready: readonly pulumi.Resource[];
}
