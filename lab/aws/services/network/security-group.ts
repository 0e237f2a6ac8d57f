/** EC2: security groups. API reference: CreateSecurityGroup. */
import { z } from "zod";
import { AwsError, documented, reported } from "../../errors.ts";
import { cidrBlock, kind, region, tags } from "../../kind.ts";
import { keyValue, retagged, tagSpecifications } from "../../requests/tags.ts";
import { filters } from "../shared/filters.ts";
import { needVpc } from "./vpc.ts";

const inlineRule = z.strictObject({
  protocol: z.string(),
  fromPort: z.int(),
  toPort: z.int(),
  cidrBlocks: z.array(cidrBlock).optional(),
  securityGroups: z.array(z.string()).optional(),
  prefixListIds: z.array(z.string()).optional(),
  self: z.boolean().optional(),
  description: z.string().optional(),
});

/** Returns the request for rules that a group has inline; undefined without rules. */
function authorized(id: string, rules: readonly z.output<typeof inlineRule>[]) {
  if (rules.length === 0) return undefined;
  return {
    GroupId: id,
    IpPermissions: rules.map((rule) => ({
      IpProtocol: rule.protocol,
      FromPort: rule.fromPort,
      ToPort: rule.toPort,
      IpRanges: rule.cidrBlocks?.map((CidrIp) => ({ CidrIp, Description: rule.description })),
      PrefixListIds: rule.prefixListIds?.map((PrefixListId) => ({ PrefixListId })),
      UserIdGroupPairs: [...(rule.securityGroups ?? []), ...(rule.self ? [id] : [])].map((GroupId) => ({
        GroupId,
        Description: rule.description,
      })),
    })),
  };
}

export const securityGroup = kind({
  type: "aws:ec2/securityGroup:SecurityGroup",
  api: ["EC2", "SecurityGroup"],
  autoName: { property: "name", maxLength: 255 },
  inputs: z.strictObject({
    name: z.string().max(255),
    description: z
      .string()
      .regex(/^[A-Za-z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/)
      .default("Managed by Pulumi"),
    vpcId: z.string(),
    ingress: z.array(inlineRule).default([]),
    egress: z.array(inlineRule).default([]),
    revokeRulesOnDelete: z.boolean().default(false),
    tags,
    region,
  }),
  replaces: ["name", "description", "vpcId", "region"],
  holds: ["vpcId"],
  requests: {
    create: {
      CreateSecurityGroup: ({ name, description, vpcId, tags }) => ({
        GroupName: name,
        Description: description,
        VpcId: vpcId,
        TagSpecifications: tagSpecifications("security-group", tags),
      }),
      // AWS lets a new group send everything.
      RevokeSecurityGroupEgress: (_, { id }) => [
        { GroupId: id, IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }] },
        { GroupId: id, IpPermissions: [{ IpProtocol: "-1", Ipv6Ranges: [{ CidrIpv6: "::/0" }] }] },
      ],
      AuthorizeSecurityGroupIngress: ({ ingress }, { id }) => authorized(id, ingress),
      AuthorizeSecurityGroupEgress: ({ egress }, { id }) => authorized(id, egress),
    },
    read: { DescribeSecurityGroups: (_, { id }) => ({ GroupIds: [id] }) },
    update: {
      RevokeSecurityGroupIngress: (_, { id }, { ingress }) => authorized(id, ingress),
      AuthorizeSecurityGroupIngress: ({ ingress }, { id }) => authorized(id, ingress),
      RevokeSecurityGroupEgress: (_, { id }, { egress }) => authorized(id, egress),
      AuthorizeSecurityGroupEgress: ({ egress }, { id }) => authorized(id, egress),
      ...retagged.ec2,
    },
    delete: {
      // The provider looks for interfaces that a Lambda function has left behind.
      DescribeNetworkInterfaces: (_, { id }) => ({ Filters: filters({ "group-id": id }) }),
      DeleteSecurityGroup: (_, { id }) => ({ GroupId: id }),
    },
  },
  create: (aws, { name, vpcId }) => {
    needVpc(aws, vpcId);
    if (securityGroup.all(aws).some((g) => g.inputs.vpcId === vpcId && g.inputs.name === name))
      throw new AwsError(
        "InvalidGroup.Duplicate",
        `The security group '${name}' already exists for VPC '${vpcId}'`,
        documented("Amazon EC2 API, error codes: InvalidGroup.Duplicate"),
      );
    const id = aws.ids.resource("sg");
    return { id, outputs: { arn: aws.arn("ec2", `security-group/${id}`), ownerId: aws.account } };
  },
  delete: (aws, { id }) => {
    // A rule of the group's own goes with it.
    if (aws.holders(id).some(({ inputs }) => inputs.securityGroupId !== id))
      throw new AwsError(
        "DependencyViolation",
        `resource ${id} has a dependent object`,
        reported("terraform-aws-modules/terraform-aws-security-group#190"),
      );
  },
});

/** Adopts the group that AWS creates with every VPC. Deletion only forgets it, as in the real provider. */
export const defaultSecurityGroup = kind({
  type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  api: ["EC2", "SecurityGroup"],
  inputs: z.strictObject({
    vpcId: z.string(),
    ingress: z.array(inlineRule).default([]),
    egress: z.array(inlineRule).default([]),
    revokeRulesOnDelete: z.boolean().default(false),
    tags,
    region,
  }),
  replaces: ["vpcId", "region"],
  requests: {
    create: {
      DescribeSecurityGroups: ({ vpcId }) => ({
        Filters: filters({ "group-name": "default", "vpc-id": vpcId }),
      }),
      // All that the group had: by default everything from its own members, and everything out.
      RevokeSecurityGroupIngress: (_, { id }) => ({
        GroupId: id,
        IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: id }] }],
      }),
      RevokeSecurityGroupEgress: (_, { id }) => ({
        GroupId: id,
        IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
      }),
      AuthorizeSecurityGroupIngress: ({ ingress }, { id }) => authorized(id, ingress),
      AuthorizeSecurityGroupEgress: ({ egress }, { id }) => authorized(id, egress),
      CreateTags: ({ tags }, { id }) => keyValue(tags) && { Resources: [id], Tags: keyValue(tags) },
    },
    read: { DescribeSecurityGroups: (_, { id }) => ({ GroupIds: [id] }) },
    update: {
      RevokeSecurityGroupIngress: (_, { id }, { ingress }) => authorized(id, ingress),
      AuthorizeSecurityGroupIngress: ({ ingress }, { id }) => authorized(id, ingress),
      RevokeSecurityGroupEgress: (_, { id }, { egress }) => authorized(id, egress),
      AuthorizeSecurityGroupEgress: ({ egress }, { id }) => authorized(id, egress),
      ...retagged.ec2,
    },
    delete: {},
  },
  create: (aws, { vpcId }) => {
    const { outputs } = needVpc(aws, vpcId);
    const id = String(outputs.defaultSecurityGroupId);
    return {
      id,
      outputs: {
        arn: aws.arn("ec2", `security-group/${id}`),
        name: "default",
        description: "default VPC security group",
        ownerId: aws.account,
      },
    };
  },
});
