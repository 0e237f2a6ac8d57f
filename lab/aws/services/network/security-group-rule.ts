/** EC2: the rules of a security group. API reference: AuthorizeSecurityGroupIngress, AuthorizeSecurityGroupEgress. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Account } from "../../account.ts";
import { AwsError, documented, guessed, reported } from "../../errors.ts";
import { cidrBlock, type Kind, kind, region, tags } from "../../kind.ts";
import { keyValue, retagged } from "../../requests/tags.ts";
import { need } from "../shared/lookups.ts";
import { securityGroup } from "./security-group.ts";
import { vpc } from "./vpc.ts";

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

/** The provider checks a group's description, and leaves a rule's to AWS. */
const ruleDescription = /^[A-Za-z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

/** Returns what distinguishes two rules of a group on AWS. */
const identity = (r: Rule) => [r.ipProtocol, r.fromPort, r.toPort, ...peers.map((p) => r[p])];

function admit(aws: Account, siblings: Kind<Rule>, inputs: Rule, self?: string): void {
  const { securityGroupId: id, ipProtocol, fromPort, toPort, description } = inputs;
  const isDefault = vpc.all(aws).some((v) => v.outputs.defaultSecurityGroupId === id);
  if (!isDefault)
    need(
      aws,
      securityGroup,
      id,
      new AwsError(
        "InvalidGroup.NotFound",
        `The security group '${id}' does not exist`,
        documented("Amazon EC2 API, error codes: InvalidGroup.NotFound"),
      ),
    );
  if (peers.filter((p) => inputs[p] !== undefined).length !== 1)
    throw new AwsError(
      "MissingParameter",
      "Source group or CIDR IP must be specified",
      documented("Amazon EC2 API, AuthorizeSecurityGroupIngress: exactly one source"),
    );
  if (["tcp", "udp"].includes(ipProtocol) && (fromPort === undefined || toPort === undefined))
    throw new AwsError(
      "InvalidParameterValue",
      "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
      reported("aws/aws-sdk-go-v2#1203"),
    );
  if (fromPort !== undefined && toPort !== undefined && ipProtocol !== "icmp" && fromPort > toPort)
    throw new AwsError(
      "InvalidParameterValue",
      `Invalid TCP/UDP port range (${fromPort}, ${toPort})`,
      guessed,
    );
  if (description !== undefined && !ruleDescription.test(description))
    throw new AwsError(
      "InvalidParameterValue",
      "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
      documented("Amazon EC2 API, IpRange: Description"),
    );
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
      reported("hashicorp/terraform#1874"),
    );
}

/** A new rule, in the form of the older operations. */
const permission = (r: Rule) => ({
  IpProtocol: r.ipProtocol,
  FromPort: r.fromPort,
  ToPort: r.toPort,
  IpRanges: r.cidrIpv4 && [{ CidrIp: r.cidrIpv4, Description: r.description }],
  Ipv6Ranges: r.cidrIpv6 && [{ CidrIpv6: r.cidrIpv6, Description: r.description }],
  PrefixListIds: r.prefixListId && [{ PrefixListId: r.prefixListId, Description: r.description }],
  UserIdGroupPairs: r.referencedSecurityGroupId && [
    { GroupId: r.referencedSecurityGroupId, Description: r.description },
  ],
});

/** A rule that exists, in the form of the newer operations. */
const changed = (r: Rule) => ({
  IpProtocol: r.ipProtocol,
  FromPort: r.fromPort,
  ToPort: r.toPort,
  CidrIpv4: r.cidrIpv4,
  CidrIpv6: r.cidrIpv6,
  PrefixListId: r.prefixListId,
  ReferencedGroupId: r.referencedSecurityGroupId,
  Description: r.description,
});

function ruleKind(direction: "Ingress" | "Egress"): Kind<Rule> {
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
    alsoReplaces: (before, after) =>
      peers.filter((peer) => (before[peer] === undefined) !== (after[peer] === undefined)),
    isFramework: true,
    holds: ["referencedSecurityGroupId"],
    requests: {
      create: {
        [`AuthorizeSecurityGroup${direction}`]: (given) => ({
          GroupId: given.securityGroupId,
          IpPermissions: [permission(given)],
        }),
        CreateTags: ({ tags }, { id }) => keyValue(tags) && { Resources: [id], Tags: keyValue(tags) },
      },
      read: { DescribeSecurityGroupRules: (_, { id }) => ({ SecurityGroupRuleIds: [id] }) },
      update: {
        ModifySecurityGroupRules: (given, { id }) => ({
          GroupId: given.securityGroupId,
          SecurityGroupRules: [{ SecurityGroupRuleId: id, SecurityGroupRule: changed(given) }],
        }),
        ...retagged.ec2,
      },
      delete: {
        [`RevokeSecurityGroup${direction}`]: ({ securityGroupId }, { id }) => ({
          GroupId: securityGroupId,
          SecurityGroupRuleIds: [id],
        }),
      },
    },
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
}

export const ingressRule = ruleKind("Ingress");
export const egressRule = ruleKind("Egress");
