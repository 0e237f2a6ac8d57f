/** EC2: VPCs. API reference: CreateVpc. */
import { z } from "zod";
import type { Resource, Store } from "../../account.ts";
import { AwsError, documented, guessed, reported } from "../../errors.ts";
import { cidrBlock, kind, oneOf, region, tags } from "../../kind.ts";
import { retagged, tagSpecifications } from "../../requests/tags.ts";
import { filters } from "../shared/filters.ts";
import { need, rejectWhileHeld } from "../shared/lookups.ts";
import { isNetworkAddress, prefixLength } from "../shared/ranges.ts";

/** Whether a range has a size that a VPC or a subnet may have: /16 to /28. */
export const hasVpcSize = (cidr: string): boolean => prefixLength(cidr) >= 16 && prefixLength(cidr) <= 28;

const schema = z.strictObject({
  cidrBlock,
  enableDnsHostnames: z.boolean().default(false),
  enableDnsSupport: z.boolean().default(true),
  enableNetworkAddressUsageMetrics: z.boolean().default(false),
  instanceTenancy: oneOf(["default", "dedicated"]).default("default"),
  tags,
  region,
});

const attributes = ["enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics"] as const;
type Attribute = (typeof attributes)[number];
/** What a new VPC has. */
const initial = {
  enableDnsHostnames: false,
  enableDnsSupport: true,
  enableNetworkAddressUsageMetrics: false,
} as const;

/** One attribute per request: AWS takes no more. */
const attributeRequest = (of: Readonly<Record<Attribute, boolean>>, id: string) => (name: Attribute) => ({
  VpcId: id,
  [name.charAt(0).toUpperCase() + name.slice(1)]: { Value: of[name] },
});

export const vpc = kind({
  type: "aws:ec2/vpc:Vpc",
  api: ["EC2", "Vpc"],
  inputs: schema,
  replaces: ["cidrBlock", "region"],
  // In place, only dedicated becomes default.
  alsoReplaces: (before, after) =>
    before.instanceTenancy === "dedicated" && after.instanceTenancy === "default" ? [] : ["instanceTenancy"],
  requests: {
    create: {
      CreateVpc: ({ cidrBlock, instanceTenancy, tags }) => ({
        AmazonProvidedIpv6CidrBlock: false,
        CidrBlock: cidrBlock,
        InstanceTenancy: instanceTenancy,
        TagSpecifications: tagSpecifications("vpc", tags),
      }),
      ModifyVpcAttribute: (given, { id }) =>
        attributes.filter((name) => given[name] !== initial[name]).map(attributeRequest(given, id)),
    },
    read: {
      DescribeVpcs: (_, { id }) => ({ VpcIds: [id] }),
      DescribeVpcAttribute: (_, { id }) => attributes.map((Attribute) => ({ VpcId: id, Attribute })),
      DescribeNetworkAcls: (_, { id }) => ({ Filters: filters({ default: "true", "vpc-id": id }) }),
      DescribeRouteTables: (_, { id }) => ({
        Filters: filters({ "association.main": "true", "vpc-id": id }),
      }),
      DescribeSecurityGroups: (_, { id }) => ({
        Filters: filters({ "group-name": "default", "vpc-id": id }),
      }),
    },
    update: {
      ModifyVpcAttribute: (given, { id }) => attributes.map(attributeRequest(given, id)),
      ModifyVpcTenancy: ({ instanceTenancy }, { id }, before) =>
        instanceTenancy === before.instanceTenancy
          ? undefined
          : { VpcId: id, InstanceTenancy: instanceTenancy },
      ...retagged.ec2,
    },
    delete: { DeleteVpc: (_, { id }) => ({ VpcId: id }) },
  },
  create: (aws, { cidrBlock }) => {
    if (!hasVpcSize(cidrBlock))
      throw new AwsError(
        "InvalidVpc.Range",
        `The CIDR '${cidrBlock}' is invalid.`,
        reported("trailofbits/algo#340"),
      );
    // AWS itself would make the range canonical (API reference, CreateVpc), but the provider rejects it first.
    if (!isNetworkAddress(cidrBlock))
      throw new AwsError("InvalidVpc.Range", `The CIDR '${cidrBlock}' is invalid.`, guessed);
    const id = aws.ids.resource("vpc");
    const mainRouteTable = aws.ids.resource("rtb");
    return {
      id,
      outputs: {
        arn: aws.arn("ec2", `vpc/${id}`),
        ownerId: aws.account,
        defaultSecurityGroupId: aws.ids.resource("sg"),
        defaultNetworkAclId: aws.ids.resource("acl"),
        defaultRouteTableId: mainRouteTable,
        mainRouteTableId: mainRouteTable,
        dhcpOptionsId: aws.ids.resource("dopt"),
      },
    };
  },
  delete: (aws, { id }) =>
    rejectWhileHeld(
      aws,
      id,
      new AwsError(
        "DependencyViolation",
        `The vpc '${id}' has dependencies and cannot be deleted.`,
        reported("gruntwork-io/cloud-nuke#345"),
      ),
    ),
});

/** Returns a VPC. Throws the error of EC2's older operations if it does not exist. */
export const needVpc = (store: Store, id: string): Resource<z.output<typeof schema>> =>
  need(
    store,
    vpc,
    id,
    new AwsError(
      "InvalidVpcID.NotFound",
      `The vpc ID '${id}' does not exist`,
      documented("Amazon EC2 API, error codes: InvalidVpcID.NotFound"),
    ),
  );
