/** EC2: security groups. API reference: CreateSecurityGroup. */
import { z } from "zod";
import { AwsError, documented, reported } from "../../errors.ts";
import { cidrBlock, kind, region, tags } from "../../kind.ts";
import { rejectWhileHeld } from "../shared/lookups.ts";
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
  delete: (aws, { id }) =>
    rejectWhileHeld(
      aws,
      id,
      new AwsError(
        "DependencyViolation",
        `resource ${id} has a dependent object`,
        reported("terraform-aws-modules/terraform-aws-security-group#190"),
      ),
    ),
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
