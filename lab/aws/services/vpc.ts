/** EC2: VPC, subnets. API reference: AWSEC2/latest/APIReference, CreateVpc and CreateSubnet. */
import { z } from "zod";
import { AwsError } from "../errors.ts";
import { cidrBlock, kind, oneOf, region, tags } from "../kind.ts";
import { containsCidr, isNetworkAddress, need, overlapCidr, prefixLength, refuseWhenUsed } from "./common.ts";

const vpcType = "aws:ec2/vpc:Vpc";
const subnetType = "aws:ec2/subnet:Subnet";

/** A range that a VPC or subnet may have: /16 to /28, on its own boundary. */
const isUsable = (cidr: string) => {
  const prefix = prefixLength(cidr);
  return prefix >= 16 && prefix <= 28 && isNetworkAddress(cidr);
};

export const vpc = kind({
  type: vpcType,
  api: ["EC2", "Vpc"],
  inputs: z.strictObject({
    cidrBlock,
    enableDnsHostnames: z.boolean().default(false),
    enableDnsSupport: z.boolean().default(true),
    enableNetworkAddressUsageMetrics: z.boolean().default(false),
    instanceTenancy: oneOf(["default", "dedicated"]).default("default"),
    tags,
    region,
  }),
  replaces: ["cidrBlock", "region"],
  create: (aws, { cidrBlock }) => {
    if (!isUsable(cidrBlock)) throw new AwsError("InvalidVpc.Range", `The CIDR '${cidrBlock}' is invalid.`);
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
    refuseWhenUsed(
      aws,
      id,
      [
        subnetType,
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/vpnGateway:VpnGateway",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/routeTable:RouteTable",
      ],
      `The vpc '${id}' has dependencies and cannot be deleted.`,
    ),
});

export const subnet = kind({
  type: subnetType,
  api: ["EC2", "Subnet"],
  inputs: z.strictObject({
    vpcId: z.string(),
    cidrBlock,
    availabilityZone: z.string().optional(),
    mapPublicIpOnLaunch: z.boolean().default(false),
    tags,
    region,
  }),
  replaces: ["vpcId", "cidrBlock", "availabilityZone", "region"],
  create: (aws, { vpcId, cidrBlock, availabilityZone = `${aws.region}a` }) => {
    const { inputs } = need(aws, vpc, vpcId, "InvalidVpcID.NotFound", `The vpc ID '${vpcId}' does not exist`);
    if (!/^[a-f]$/.test(availabilityZone.replace(aws.region, "")))
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${availabilityZone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${[..."abcdef"].map((z) => aws.region + z).join(", ")}.`,
      );
    if (!isUsable(cidrBlock) || !containsCidr(inputs.cidrBlock, cidrBlock))
      throw new AwsError("InvalidSubnet.Range", `The CIDR '${cidrBlock}' is invalid.`);
    const taken = subnet.all(aws).filter((s) => s.inputs.vpcId === vpcId);
    if (taken.some((s) => overlapCidr(s.inputs.cidrBlock, cidrBlock)))
      throw new AwsError("InvalidSubnet.Conflict", `The CIDR '${cidrBlock}' conflicts with another subnet`);
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
    refuseWhenUsed(
      aws,
      id,
      [
        "aws:ec2/natGateway:NatGateway",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:route53/resolverEndpoint:ResolverEndpoint",
      ],
      `The subnet '${id}' has dependencies and cannot be deleted.`,
    ),
});
