import * as pulumi from "@pulumi/pulumi";
import { existingNetworkProblems } from "../../limits/network/existing.ts";
import type { ZoneTakers } from "../../limits/network/room.ts";
import { throwIfAny } from "../../limits/problem.ts";
import { mapValues } from "../../records.ts";
import { providerLocation } from "../shared/location.ts";
import { lookUpNetwork } from "./existing/look-up.ts";
import type { ExistingEndpoint, VpcNetwork } from "./vpc-network.ts";

/** Arguments of an {@link ExistingNetwork}. */
export interface ExistingNetworkArgs {
  /** The VPC's range, as AWS has it. */
  readonly cidr: string;
  /** The VPC's further IPv4 ranges, all of them. Default: none. */
  readonly secondaryCidrs?: readonly string[] | undefined;
  readonly existing: {
    readonly vpcId: pulumi.Input<string>;
    /** By zone. */
    readonly privateSubnetIds: Readonly<Record<string, pulumi.Input<string>>>;
    /** By zone. Default: none. */
    readonly publicSubnetIds?: Readonly<Record<string, pulumi.Input<string>>> | undefined;
    /** The route tables of all these subnets, by a name of your choice. */
    readonly routeTableIds: Readonly<Record<string, pulumi.Input<string>>>;
    /** The VPC's gateway endpoint for S3. */
    readonly s3EndpointId?: pulumi.Input<string> | undefined;
  };
  /** What will be in each zone's subnets. Default: nothing to count. */
  readonly takes?: Readonly<Record<string, ZoneTakers>> | undefined;
  /** Requires that the VPC has the DNS attributes that endpoints and resolvers need. Default: false. */
  readonly privateDns?: boolean | undefined;
}

/**
 * A VPC that somebody else owns, as a {@link VpcNetwork}: it creates, tags and deletes nothing. It compares what it was
 * told with what AWS has, in every preview and every update, and gives out nothing before.
 */
export class ExistingNetwork extends pulumi.ComponentResource implements VpcNetwork {
  readonly vpcId: pulumi.Output<string>;
  readonly cidr: string;
  readonly cidrs: readonly string[];
  readonly privateSubnetIds: readonly pulumi.Output<string>[];
  readonly privateSubnets: Readonly<
    Record<string, { readonly id: pulumi.Output<string>; readonly cidr: pulumi.Output<string> }>
  >;
  readonly publicSubnetIds: readonly pulumi.Output<string>[];
  readonly routeTableIds: Readonly<Record<string, pulumi.Output<string>>>;
  readonly s3Gateway: ExistingEndpoint | undefined;
  readonly routing: readonly pulumi.Resource[] = [];

  /** @throws RunError inside the Outputs when the VPC is not as described, or a stack could not use it */
  constructor(name: string, args: ExistingNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:network:ExistingNetwork", name, {}, opts);
    const { privateSubnetIds, publicSubnetIds = {}, routeTableIds, s3EndpointId } = args.existing;
    const checked = pulumi
      .all([
        providerLocation(this).region,
        args.existing.vpcId,
        privateSubnetIds,
        publicSubnetIds,
        routeTableIds,
        s3EndpointId,
      ])
      .apply(async ([region, vpcId, privateSubnets, publicSubnets, tables, s3Endpoint]) => {
        const wanted = {
          cidr: args.cidr,
          secondaryCidrs: args.secondaryCidrs ?? [],
          existing: {
            vpcId,
            privateSubnetIds: privateSubnets,
            publicSubnetIds: publicSubnets,
            routeTableIds: tables,
            s3EndpointId: s3Endpoint,
          },
          takes: args.takes ?? {},
          privateDns: args.privateDns ?? false,
        };
        const found = await lookUpNetwork(region, wanted.existing, { parent: this });
        throwIfAny(existingNetworkProblems(name, wanted, found));
        return { ...wanted.existing, subnets: found.subnets };
      });

    this.vpcId = checked.vpcId;
    this.cidr = args.cidr;
    this.cidrs = [args.cidr, ...(args.secondaryCidrs ?? [])];
    this.privateSubnets = mapValues(privateSubnetIds, (_, zone) => ({
      id: checked.apply((all) => all.privateSubnetIds[zone] ?? ""),
      cidr: checked.apply((all) => all.subnets[all.privateSubnetIds[zone] ?? ""]?.cidr ?? ""),
    }));
    this.privateSubnetIds = Object.values(this.privateSubnets).map(({ id }) => id);
    this.publicSubnetIds = Object.keys(publicSubnetIds).map((zone) =>
      checked.apply((all) => all.publicSubnetIds[zone] ?? ""),
    );
    this.routeTableIds = mapValues(routeTableIds, (_, table) =>
      checked.apply((all) => all.routeTableIds[table] ?? ""),
    );
    this.s3Gateway =
      s3EndpointId === undefined ? undefined : { existingId: checked.apply((all) => all.s3EndpointId ?? "") };
    this.registerOutputs({
      vpcId: this.vpcId,
      cidr: this.cidr,
      privateSubnetIds: this.privateSubnetIds,
      publicSubnetIds: this.publicSubnetIds,
      routeTableIds: this.routeTableIds,
    });
  }
}
