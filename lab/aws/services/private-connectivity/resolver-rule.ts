/** Route 53 Resolver: forwarding rules and their VPCs. API reference: CreateResolverRule, AssociateResolverRule. */
import { z } from "zod";
import type { Account } from "../../account.ts";
import { AwsError, documented, guessed, reported } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { keyValue, retagged } from "../../requests/tags.ts";
import { vpc } from "../network/vpc.ts";
import { need } from "../shared/lookups.ts";
import { creatorRequestId, resolverAddresses, resolverEndpoint, resolverName } from "./resolver-endpoint.ts";

const inputs = z.strictObject({
  name: resolverName,
  domainName: z
    .string()
    .min(1)
    .max(256)
    .transform((name) => (name.length > 1 ? name.replace(/\.$/, "") : name)),
  ruleType: oneOf(["FORWARD", "SYSTEM", "RECURSIVE"]),
  resolverEndpointId: z.string().optional(),
  targetIps: z
    .array(
      z.strictObject({
        ip: z.ipv4(),
        port: z.int().min(0).max(65535).default(53),
        protocol: oneOf(["Do53", "DoH", "DoH-FIPS"]).default("Do53"),
      }),
    )
    .optional(),
  tags,
  region,
});
type Inputs = z.output<typeof inputs>;

function check(aws: Account, { ruleType, resolverEndpointId, targetIps = [] }: Inputs): void {
  if (ruleType === "FORWARD" && (resolverEndpointId === undefined || targetIps.length === 0))
    throw new AwsError(
      "InvalidRequestException",
      "Resolver endpoint ID and target IP must be specified for FORWARD type resolver rule",
      documented("Amazon Route 53 API, CreateResolverRule: TargetIps, ResolverEndpointId"),
    );
  if (resolverEndpointId === undefined) return;
  if (ruleType !== "FORWARD")
    throw new AwsError(
      "InvalidRequestException",
      `Cannot specify resolver endpoint ID and target IP for ${ruleType} type resolver rule`,
      documented("Amazon Route 53 API, CreateResolverRule: TargetIps, ResolverEndpointId"),
    );
  const endpoint = need(
    aws,
    resolverEndpoint,
    resolverEndpointId,
    new AwsError(
      "ResourceNotFoundException",
      `Resolver endpoint with ID '${resolverEndpointId}' does not exist.`,
      documented("Amazon Route 53 API, CreateResolverRule, errors: ResourceNotFoundException"),
    ),
  );
  if (endpoint.inputs.direction !== "OUTBOUND")
    throw new AwsError(
      "InvalidRequestException",
      `Resolver endpoint '${resolverEndpointId}' is not an OUTBOUND resolver endpoint`,
      documented("Amazon Route 53 API, CreateResolverRule: ResolverEndpointId"),
    );
}

const targets = ({ targetIps }: Inputs) =>
  targetIps?.map(({ ip, port, protocol }) => ({ Ip: ip, Port: port, Protocol: protocol }));

export const resolverRule = kind({
  type: "aws:route53/resolverRule:ResolverRule",
  api: ["Route53Resolver", "ResolverRule"],
  operations: { update: "UpdateResolverRule" },
  autoName: { property: "name", maxLength: 64 },
  inputs,
  replaces: ["domainName", "ruleType", "region"],
  sets: ["targetIps"],
  holds: ["resolverEndpointId"],
  requests: {
    create: {
      CreateResolverRule: (given) => ({
        CreatorRequestId: creatorRequestId,
        Name: given.name,
        DomainName: given.domainName,
        RuleType: given.ruleType,
        ResolverEndpointId: given.resolverEndpointId,
        TargetIps: targets(given),
        Tags: keyValue(given.tags),
      }),
    },
    read: {
      GetResolverRule: (_, { id }) => ({ ResolverRuleId: id }),
      ListTagsForResource: (_, { outputs }) => ({ ResourceArn: outputs.arn }),
    },
    update: {
      UpdateResolverRule: (given, { id }) => ({
        ResolverRuleId: id,
        Config: {
          Name: given.name,
          ResolverEndpointId: given.resolverEndpointId,
          TargetIps: targets(given),
        },
      }),
      ...retagged.resolver,
    },
    delete: { DeleteResolverRule: (_, { id }) => ({ ResolverRuleId: id }) },
  },
  create: (aws, given) => {
    check(aws, given);
    const id = `rslvr-rr-${aws.ids.hex(17)}`;
    return {
      id,
      outputs: {
        arn: aws.arn("route53resolver", `resolver-rule/${id}`),
        ownerId: aws.account,
        shareStatus: "NOT_SHARED",
      },
    };
  },
  update: (aws, { outputs }, given) => {
    check(aws, given);
    return outputs;
  },
  delete: (aws, { id }) => {
    if (resolverRuleAssociation.all(aws).some((a) => a.inputs.resolverRuleId === id))
      throw new AwsError(
        "ResourceInUseException",
        "Please disassociate this resolver rule from VPC first before deleting",
        documented("Amazon Route 53 API, DeleteResolverRule: disassociate first"),
      );
  },
});

export const resolverRuleAssociation = kind({
  type: "aws:route53/resolverRuleAssociation:ResolverRuleAssociation",
  api: ["Route53Resolver", "ResolverRule"],
  operations: { create: "AssociateResolverRule", delete: "DisassociateResolverRule" },
  autoName: { property: "name", maxLength: 64 },
  inputs: z.strictObject({ name: resolverName, resolverRuleId: z.string(), vpcId: z.string(), region }),
  replaces: ["name", "resolverRuleId", "vpcId", "region"],
  holds: ["resolverRuleId"],
  requests: {
    create: {
      AssociateResolverRule: ({ name, resolverRuleId, vpcId }) => ({
        Name: name,
        ResolverRuleId: resolverRuleId,
        VPCId: vpcId,
      }),
    },
    read: { GetResolverRuleAssociation: (_, { id }) => ({ ResolverRuleAssociationId: id }) },
    delete: {
      DisassociateResolverRule: ({ resolverRuleId, vpcId }) => ({
        ResolverRuleId: resolverRuleId,
        VPCId: vpcId,
      }),
    },
  },
  create: (aws, { resolverRuleId, vpcId }) => {
    const rule = need(
      aws,
      resolverRule,
      resolverRuleId,
      new AwsError(
        "ResourceNotFoundException",
        `Resolver rule with ID '${resolverRuleId}' does not exist.`,
        documented("Amazon Route 53 API, AssociateResolverRule, errors: ResourceNotFoundException"),
      ),
    );
    need(
      aws,
      vpc,
      vpcId,
      new AwsError("InvalidParameterException", `The vpc ID '${vpcId}' does not exist`, guessed),
    );
    const rival = resolverRuleAssociation
      .all(aws)
      .filter((a) => a.inputs.vpcId === vpcId)
      .find(
        (a) => resolverRule.get(aws, a.inputs.resolverRuleId)?.inputs.domainName === rule.inputs.domainName,
      );
    if (rival)
      throw new AwsError(
        "InvalidRequestException",
        `Cannot associate rules with same domain name with same VPC. Conflict with resolver rule '${rival.inputs.resolverRuleId}'`,
        reported("getmoto/moto, moto/route53resolver/models.py"),
      );
    const inbound = resolverEndpoint
      .all(aws)
      .filter((e) => e.inputs.direction !== "OUTBOUND" && e.outputs.hostVpcId === vpcId)
      .flatMap((e) => resolverAddresses(e.outputs).map(({ ip }) => ip));
    // aws-samples/aws-network-hub-for-terraform#26
    if (rule.inputs.targetIps?.some(({ ip }) => inbound.includes(ip)))
      throw new AwsError(
        "InvalidRequestException",
        `[RSLVR-00804] Cannot associate rule ${resolverRuleId} to VPC ${vpcId} because the VPC include an INBOUND resolver endpoints with rule's target IP. Please try a different rule or update rule's target IP.`,
        reported("aws-samples/aws-network-hub-for-terraform#26"),
      );
    return { id: `rslvr-rrassoc-${aws.ids.hex(17)}` };
  },
});
