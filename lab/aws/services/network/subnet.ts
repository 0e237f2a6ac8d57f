/** EC2: subnets. API reference: CreateSubnet. */
import { z } from "zod";
import type { Resource, Store } from "../../account.ts";
import { AwsError, documented, guessed, reported } from "../../errors.ts";
import { cidrBlock, kind, region, tags } from "../../kind.ts";
import { retagged, tagSpecifications } from "../../requests/tags.ts";
import { filters } from "../shared/filters.ts";
import { need, rejectWhileHeld } from "../shared/lookups.ts";
import { containsCidr, isNetworkAddress, overlapCidr } from "../shared/ranges.ts";
import { hasVpcSize, needVpc } from "./vpc.ts";
import { rangesOf } from "./vpc-cidr-association.ts";

const inputs = z.strictObject({
  vpcId: z.string(),
  cidrBlock,
  availabilityZone: z.string().optional(),
  mapPublicIpOnLaunch: z.boolean().default(false),
  tags,
  region,
});

const publicAddresses = (given: { mapPublicIpOnLaunch: boolean }, { id }: { id: string }) => ({
  SubnetId: id,
  MapPublicIpOnLaunch: { Value: given.mapPublicIpOnLaunch },
});

export const subnet = kind({
  type: "aws:ec2/subnet:Subnet",
  api: ["EC2", "Subnet"],
  inputs,
  replaces: ["vpcId", "cidrBlock", "availabilityZone", "region"],
  holds: ["vpcId"],
  requests: {
    create: {
      CreateSubnet: ({ vpcId, cidrBlock, availabilityZone, tags }) => ({
        VpcId: vpcId,
        CidrBlock: cidrBlock,
        AvailabilityZone: availabilityZone,
        TagSpecifications: tagSpecifications("subnet", tags),
      }),
      ModifySubnetAttribute: (given, made) => (given.mapPublicIpOnLaunch ? publicAddresses(given, made) : []),
    },
    read: { DescribeSubnets: (_, { id }) => ({ SubnetIds: [id] }) },
    update: { ModifySubnetAttribute: publicAddresses, ...retagged.ec2 },
    delete: {
      // The provider looks for interfaces that a Lambda function has left behind.
      DescribeNetworkInterfaces: (_, { id }) => ({ Filters: filters({ "subnet-id": id }) }),
      DeleteSubnet: (_, { id }) => ({ SubnetId: id }),
    },
  },
  create: (aws, { vpcId, cidrBlock, availabilityZone = `${aws.region}a` }) => {
    needVpc(aws, vpcId);
    if (!/^[a-f]$/.test(availabilityZone.replace(aws.region, "")))
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${availabilityZone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${[..."abcdef"].map((z) => aws.region + z).join(", ")}.`,
        reported("kz8s/tack#67"),
      );
    if (!hasVpcSize(cidrBlock) || !rangesOf(aws, vpcId).some((range) => containsCidr(range, cidrBlock)))
      throw new AwsError(
        "InvalidSubnet.Range",
        `The CIDR '${cidrBlock}' is invalid.`,
        reported("pulumi/pulumi-awsx#111"),
      );
    // As with a VPC's range: AWS would make it canonical, but the provider rejects it first.
    if (!isNetworkAddress(cidrBlock))
      throw new AwsError("InvalidSubnet.Range", `The CIDR '${cidrBlock}' is invalid.`, guessed);
    const taken = subnet.all(aws).filter((s) => s.inputs.vpcId === vpcId);
    if (taken.some((s) => overlapCidr(s.inputs.cidrBlock, cidrBlock)))
      throw new AwsError(
        "InvalidSubnet.Conflict",
        `The CIDR '${cidrBlock}' conflicts with another subnet`,
        reported("hashicorp/terraform#33470"),
      );
    const id = aws.ids.resource("subnet");
    return {
      id,
      outputs: {
        arn: aws.arn("ec2", `subnet/${id}`),
        ownerId: aws.account,
        availabilityZone,
        availabilityZoneId: `use1-az${availabilityZone.charCodeAt(availabilityZone.length - 1) - 96}`,
      },
    };
  },
  delete: (aws, { id }) =>
    rejectWhileHeld(
      aws,
      id,
      new AwsError(
        "DependencyViolation",
        `The subnet '${id}' has dependencies and cannot be deleted.`,
        reported("gruntwork-io/cloud-nuke#591"),
      ),
    ),
});

/** Returns a subnet. Throws the error of EC2's older operations if it does not exist. */
export const needSubnet = (store: Store, id: string): Resource<z.output<typeof inputs>> =>
  need(
    store,
    subnet,
    id,
    new AwsError(
      "InvalidSubnetID.NotFound",
      `The subnet ID '${id}' does not exist`,
      documented("Amazon EC2 API, error codes: InvalidSubnetID.NotFound"),
    ),
  );
