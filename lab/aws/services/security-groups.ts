/** EC2: security groups and their rules. API reference: CreateSecurityGroup, AuthorizeSecurityGroupIngress. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Aws } from "../aws.ts";
import { AwsError } from "../errors.ts";
import { cidrBlock, type Kind, kind, region, tags } from "../kind.ts";
import { need, refuseWhenUsed } from "./common.ts";
import { vpc } from "./vpc.ts";

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
  create: (aws, { name, vpcId }) => {
    need(aws, vpc, vpcId, "InvalidVpcID.NotFound", `The vpc ID '${vpcId}' does not exist`);
    if (securityGroup.all(aws).some((g) => g.inputs.vpcId === vpcId && g.inputs.name === name))
      throw new AwsError(
        "InvalidGroup.Duplicate",
        `The security group '${name}' already exists for VPC '${vpcId}'`,
      );
    const id = aws.ids.resource("sg");
    return { id, outputs: { arn: aws.arn("ec2", `security-group/${id}`), ownerId: aws.account } };
  },
  delete: (aws, { id }) =>
    refuseWhenUsed(
      aws,
      id,
      [
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:route53/resolverEndpoint:ResolverEndpoint",
      ],
      `resource ${id} has a dependent object`,
    ),
});

/** Adopts the group that every VPC is born with; deleting it only forgets it, as the real provider does. */
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
  create: (aws, { vpcId }) => {
    const { outputs } = need(
      aws,
      vpc,
      vpcId,
      "InvalidVpcID.NotFound",
      `The vpc ID '${vpcId}' does not exist`,
    );
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

const rule = z.strictObject({
  securityGroupId: z.string(),
  ipProtocol: z.string(),
  fromPort: z.int().optional(),
  toPort: z.int().optional(),
  cidrIpv4: cidrBlock.optional(),
  cidrIpv6: z.string().optional(),
  prefixListId: z.string().optional(),
  referencedSecurityGroupId: z.string().optional(),
  description: z.string().optional(),
  tags,
  region,
});
type Rule = z.output<typeof rule>;

const peers = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"] as const;

/** What tells two rules of a group apart on AWS. */
const identity = (r: Rule) => [r.ipProtocol, r.fromPort, r.toPort, ...peers.map((p) => r[p])];

const admit = (aws: Aws, siblings: Kind<Rule>, inputs: Rule, self?: string): void => {
  const { securityGroupId: id, ipProtocol, fromPort, toPort } = inputs;
  const isDefault = vpc.all(aws).some((v) => v.outputs.defaultSecurityGroupId === id);
  if (!isDefault)
    need(aws, securityGroup, id, "InvalidGroup.NotFound", `The security group '${id}' does not exist`);
  if (peers.filter((p) => inputs[p] !== undefined).length !== 1)
    throw new AwsError("MissingParameter", "Source group or CIDR IP must be specified");
  if (["tcp", "udp"].includes(ipProtocol) && (fromPort === undefined || toPort === undefined))
    throw new AwsError(
      "InvalidParameterValue",
      "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
    );
  if (fromPort !== undefined && toPort !== undefined && ipProtocol !== "icmp" && fromPort > toPort)
    throw new AwsError("InvalidParameterValue", `Invalid TCP/UDP port range (${fromPort}, ${toPort})`);
  const same = siblings
    .all(aws)
    .find(
      (r) =>
        r.id !== self &&
        r.inputs.securityGroupId === id &&
        isDeepStrictEqual(identity(r.inputs), identity(inputs)),
    );
  if (same)
    throw new AwsError(
      "InvalidPermission.Duplicate",
      `the specified rule "peer: ${inputs.cidrIpv4 ?? inputs.referencedSecurityGroupId ?? inputs.prefixListId}, ${ipProtocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}, ALLOW" already exists`,
    );
};

const ruleKind = (direction: "Ingress" | "Egress"): Kind<Rule> => {
  const own: Kind<Rule> = kind({
    type: `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`,
    api: ["EC2", `SecurityGroup${direction}`],
    operations: {
      create: `AuthorizeSecurityGroup${direction}`,
      update: "ModifySecurityGroupRules",
      delete: `RevokeSecurityGroup${direction}`,
    },
    inputs: rule,
    replaces: ["securityGroupId", "region"],
    create: (aws, inputs) => {
      admit(aws, own, inputs);
      const id = aws.ids.resource("sgr");
      return { id, outputs: { arn: aws.arn("ec2", `security-group-rule/${id}`), securityGroupRuleId: id } };
    },
    update: (aws, r, inputs) => {
      admit(aws, own, inputs, r.id);
      return r.outputs;
    },
  });
  return own;
};

export const ingressRule = ruleKind("Ingress");
export const egressRule = ruleKind("Egress");
