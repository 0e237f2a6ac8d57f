import type * as pulumi from "@pulumi/pulumi";

/** A VPC with its subnets, as other components use it, whether the stack created it or found it. */
export interface VpcNetwork {
  readonly vpcId: pulumi.Output<string>;
  /** The VPC's range, as given. */
  readonly cidr: string;
  /** All ranges of the VPC; `cidr` is the first. */
  readonly cidrs: readonly string[];
  /** In the order of the zones. */
  readonly privateSubnetIds: readonly pulumi.Output<string>[];
  /** By zone, in the order of the zones. */
  readonly privateSubnets: Readonly<
    Record<string, { readonly id: pulumi.Output<string>; readonly cidr: pulumi.Input<string> }>
  >;
  /** In the order of the zones; empty without public subnets. */
  readonly publicSubnetIds: readonly pulumi.Output<string>[];
  /** All route tables of the subnets, by name. */
  readonly routeTableIds: Readonly<Record<string, pulumi.Output<string>>>;
  /** The gateway endpoint for S3: the stack's own, or the id of one that it found. Undefined: there is none to rely on. */
  readonly s3Gateway: pulumi.Resource | ExistingEndpoint | undefined;
  /** What must be there as long as the VPN gateway is: a VPC that still has one keeps its routing whole. */
  readonly routing: readonly pulumi.Resource[];
}

/** An endpoint that somebody else owns. */
export interface ExistingEndpoint {
  readonly existingId: pulumi.Output<string>;
}
