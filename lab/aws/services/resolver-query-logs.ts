/** Route 53 Resolver: query logging. API reference: CreateResolverQueryLogConfig, AssociateResolverQueryLogConfig. */
import { z } from "zod";
import { AwsError } from "../errors.ts";
import { kind, region, tags } from "../kind.ts";
import { need } from "./common.ts";
import { logGroup } from "./logs.ts";
import { resolverName } from "./resolver.ts";
import { vpc } from "./vpc.ts";

export const resolverQueryLogConfig = kind({
  type: "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
  api: ["Route53Resolver", "ResolverQueryLogConfig"],
  autoName: { property: "name", maxLength: 64 },
  inputs: z.strictObject({ name: resolverName, destinationArn: z.string(), tags, region }),
  replaces: ["name", "destinationArn", "region"],
  create: (aws, { destinationArn }) => {
    if (!logGroup.all(aws).some((group) => group.outputs.arn === destinationArn.replace(/:\*$/, "")))
      throw new AwsError("InvalidParameterException", `The destination '${destinationArn}' does not exist`);
    const id = `rqlc-${aws.ids.hex(17)}`;
    return {
      id,
      outputs: {
        arn: aws.arn("route53resolver", `resolver-query-log-config/${id}`),
        ownerId: aws.account,
        shareStatus: "NOT_SHARED",
      },
    };
  },
  delete: (aws, { id }) => {
    if (resolverQueryLogConfigAssociation.all(aws).some((a) => a.inputs.resolverQueryLogConfigId === id))
      throw new AwsError(
        "InvalidRequestException",
        `Resolver query log config '${id}' has VPCs associated with it: disassociate them before deleting`,
      );
  },
});

export const resolverQueryLogConfigAssociation = kind({
  type: "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
  api: ["Route53Resolver", "ResolverQueryLogConfig"],
  operations: { create: "AssociateResolverQueryLogConfig", delete: "DisassociateResolverQueryLogConfig" },
  inputs: z.strictObject({ resolverQueryLogConfigId: z.string(), resourceId: z.string(), region }),
  replaces: ["resolverQueryLogConfigId", "resourceId", "region"],
  create: (aws, { resolverQueryLogConfigId: config, resourceId }) => {
    const told = `The resolver query log config '${config}' does not exist`;
    need(aws, resolverQueryLogConfig, config, "ResourceNotFoundException", told);
    need(aws, vpc, resourceId, "InvalidParameterException", `The vpc ID '${resourceId}' does not exist`);
    const twice = resolverQueryLogConfigAssociation
      .all(aws)
      .some((a) => a.inputs.resolverQueryLogConfigId === config && a.inputs.resourceId === resourceId);
    if (twice)
      throw new AwsError(
        "ResourceExistsException",
        `The resolver query log config '${config}' is already associated with '${resourceId}'`,
      );
    return { id: `rqlca-${aws.ids.hex(17)}` };
  },
});
