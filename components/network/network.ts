import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup.js";
import { RouteTable } from "@pulumi/aws/ec2/routeTable.js";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation.js";
import { Subnet } from "@pulumi/aws/ec2/subnet.js";
import { Vpc } from "@pulumi/aws/ec2/vpc.js";
import { VpcEndpoint } from "@pulumi/aws/ec2/vpcEndpoint.js";
import { VpcIpv4CidrBlockAssociation } from "@pulumi/aws/ec2/vpcIpv4CidrBlockAssociation.js";
import * as pulumi from "@pulumi/pulumi";
import type { ZoneTakers } from "../../limits/network/room.ts";
import {
  natProblems,
  regionProblems,
  secondaryRangesProblems,
  vpcRoomProblems,
  type ZoneCidrs,
  zoneCidrs,
} from "../../limits/network.ts";
import { repetitions, throwIfAny } from "../../limits/problem.ts";
import { mapValues } from "../../records.ts";
import { endpointPolicy } from "../private-connectivity/endpoint-policies.ts";
import { type Location, providerLocation } from "../shared/location.ts";
import { logRetention } from "../shared/logs.ts";
import { onceThere } from "../shared/once-there.ts";
import { tags } from "../shared/tags.ts";
import { flowLogs } from "./flow-logs.ts";
import { publicSubnets } from "./public-subnets.ts";
import type { VpcNetwork } from "./vpc-network.ts";

/** Public subnets, and NAT gateways in them. The type has no form for a NAT gateway without a public subnet. */
export type InternetArgs =
  | { readonly publicSubnets?: false | undefined; readonly natGateways?: "none" | undefined }
  | {
      /** Creates a public subnet per zone, and an internet gateway. */
      readonly publicSubnets: true;
      /** `single`: one, in the first of `zones`, for all private subnets. Default: `none`. */
      readonly natGateways?: "none" | "single" | "per-zone" | undefined;
    };

/** Arguments of a {@link Network}. */
export type NetworkArgs = InternetArgs & {
  /** The VPC's IPv4 range, /16 to /24, for example `10.0.0.0/16`. */
  readonly cidr: string;
  /** More ranges of the VPC, /16 to /28, without subnets of ours. Default: none. */
  readonly secondaryCidrs?: readonly string[] | undefined;
  /** Availability zones of one Region, for example `["us-east-1a", "us-east-1b"]`; each gets a private subnet. */
  readonly zones: readonly string[];
  /** What will be in each zone's subnets. Default: nothing to count. */
  readonly takes?: Readonly<Record<string, ZoneTakers>> | undefined;
  /** Records the metadata of all traffic in CloudWatch Logs. Default: off. */
  readonly flowLogs?: { readonly retentionDays: pulumi.Input<number> } | undefined;
};

/**
 * A VPC with a private subnet and a private route table in each zone, a default security group that lets nothing
 * through, and a gateway endpoint for S3 that lets this account's requests to its own buckets pass. Without public subnets it has no way to the internet.
 *
 * Sources: https://docs.aws.amazon.com/vpc/latest/userguide/what-is-amazon-vpc.html,
 * https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
 *
 * @example
 * new Network("home", { cidr: "10.0.0.0/16", zones: ["us-east-1a", "us-east-1b"] });
 */
export class Network extends pulumi.ComponentResource implements VpcNetwork {
  readonly vpcId: pulumi.Output<string>;
  /** The VPC's range, as given. */
  readonly cidr: string;
  /** All ranges of the VPC; `cidr` is the first. */
  readonly cidrs: readonly string[];
  /** In the order of `zones`. */
  readonly privateSubnetIds: readonly pulumi.Output<string>[];
  /** By zone, in the order of `zones`. */
  readonly privateSubnets: Readonly<
    Record<string, { readonly id: pulumi.Output<string>; readonly cidr: string }>
  >;
  /** In the order of `zones`; empty without public subnets. */
  readonly publicSubnetIds: readonly pulumi.Output<string>[];
  /** Private route tables, by zone; `public`: the route table of all public subnets. */
  readonly routeTableIds: Readonly<Record<string, pulumi.Output<string>>>;
  /** The gateway endpoint for S3. */
  readonly s3Gateway: pulumi.Resource;
  readonly routing: readonly pulumi.Resource[];

  /** @throws RunError when the range or a zone is not usable, or a NAT gateway has no public subnet */
  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:network:Network", name, {}, opts);
    const cidrs = zoneCidrs(name, args.cidr, args.zones);
    const { secondaryCidrs = [] } = args;
    throwIfAny([
      ...natProblems(name, args),
      ...(args.takes ? vpcRoomProblems(name, args.cidr, args.takes) : []),
      ...secondaryRangesProblems(name, args.cidr, secondaryCidrs),
      ...repetitions(`${name}.secondaryCidrs`, [args.cidr, ...secondaryCidrs]),
    ]);
    const flowLogDays =
      args.flowLogs && logRetention(`${name}.flowLogs.retentionDays`, args.flowLogs.retentionDays);
    const child = { parent: this };
    const location = providerLocation(this);
    const vpc = new Vpc(
      `${name}-vpc`,
      { cidrBlock: args.cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: tags(`${name}-vpc`) },
      child,
    );
    for (const cidrBlock of secondaryCidrs)
      new VpcIpv4CidrBlockAssociation(`${name}-range-${cidrBlock}`, { vpcId: vpc.id, cidrBlock }, child);
    // It has no rules, so a resource without a security group of its own can reach nothing.
    new DefaultSecurityGroup(
      `${name}-default`,
      { vpcId: vpc.id, ingress: [], egress: [], tags: tags(`${name}-default`) },
      child,
    );

    const subnet = (zone: string, kind: keyof ZoneCidrs, cidrBlock: string) =>
      new Subnet(
        `${name}-${kind}-${zone}`,
        {
          vpcId: vpc.id,
          cidrBlock,
          availabilityZone: zoneIn(name, zone, location),
          mapPublicIpOnLaunch: false,
          tags: tags(`${name}-${kind}-${zone}`),
        },
        child,
      );
    const routeTable = (role: string) =>
      new RouteTable(`${name}-${role}`, { vpcId: vpc.id, tags: tags(`${name}-${role}`) }, child);
    const associate = (role: string, subnetId: pulumi.Output<string>, table: RouteTable) =>
      new RouteTableAssociation(`${name}-${role}`, { subnetId, routeTableId: table.id }, child);

    const privateTables: Record<string, RouteTable> = {};
    const associations: RouteTableAssociation[] = [];
    const privateSubnets: Record<string, { id: pulumi.Output<string>; cidr: string }> = {};
    this.privateSubnetIds = Object.entries(cidrs).map(([zone, { private: cidr }]) => {
      const created = subnet(zone, "private", cidr);
      const table = routeTable(`private-${zone}`);
      privateTables[zone] = table;
      const association = associate(`private-${zone}`, created.id, table);
      associations.push(association);
      // Without the route to a NAT gateway: one that is added later must not make the ids unknown in a preview.
      const id = onceThere(created.id, [association.id]);
      privateSubnets[zone] = { id, cidr };
      return id;
    });
    const publicSide = args.publicSubnets
      ? publicSubnets(
          name,
          args.natGateways ?? "none",
          vpc,
          Object.entries(privateTables).flatMap(([zone, table]) => {
            const range = cidrs[zone]?.public;
            return range === undefined
              ? []
              : [{ zone, privateTable: table, publicSubnet: subnet(zone, "public", range) }];
          }),
          this,
        )
      : undefined;
    this.publicSubnetIds = publicSide?.subnetIds ?? [];

    this.s3Gateway = new VpcEndpoint(
      `${name}-s3`,
      {
        vpcId: vpc.id,
        vpcEndpointType: "Gateway",
        serviceName: pulumi.interpolate`com.amazonaws.${location.region}.s3`,
        routeTableIds: Object.values(privateTables).map((table) => table.id),
        policy: s3Policy(location),
        tags: tags(`${name}-s3`),
      },
      child,
    );
    if (flowLogDays !== undefined) flowLogs(name, flowLogDays, vpc, location, this);

    this.vpcId = vpc.id;
    this.cidr = args.cidr;
    this.cidrs = [args.cidr, ...secondaryCidrs];
    this.privateSubnets = privateSubnets;
    this.routeTableIds = {
      ...mapValues(privateTables, (table) => table.id),
      ...(publicSide ? { public: publicSide.routeTableId } : {}),
    };
    this.routing = [...associations, ...(publicSide?.routing ?? []), this.s3Gateway];
    this.registerOutputs({
      vpcId: this.vpcId,
      cidr: this.cidr,
      privateSubnetIds: this.privateSubnetIds,
      publicSubnetIds: this.publicSubnetIds,
      routeTableIds: this.routeTableIds,
    });
  }
}

/** The same as the interface endpoint's: no way leads out of the VPC to a bucket of another account. */
function s3Policy({ partition, region, accountId }: Location): pulumi.Output<string> {
  return pulumi
    .all([partition, region, accountId])
    .apply(([partition, region, accountId]) => endpointPolicy("s3", { partition, region, accountId }));
}

/** Returns the zone, once the provider's Region is known to have it. */
function zoneIn(name: string, zone: string, location: Location): pulumi.Output<string> {
  return location.region.apply((region) => {
    throwIfAny(regionProblems(`${name}.zones`, [zone], region));
    return zone;
  });
}
