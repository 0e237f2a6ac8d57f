/** Route 53 Resolver: query logging. API reference: CreateResolverQueryLogConfig, AssociateResolverQueryLogConfig. */
import { z } from "zod";
import { AwsError, documented, guessed } from "../../errors.ts";
import { kind, region, tags } from "../../kind.ts";
import { keyValue, retagged } from "../../requests/tags.ts";
import { vpc } from "../network/vpc.ts";
import { logGroup } from "../observability/log-group.ts";
import { need } from "../shared/lookups.ts";
import { creatorRequestId, resolverName } from "./resolver-endpoint.ts";

export const resolverQueryLogConfig = kind({
  type: "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
  api: ["Route53Resolver", "ResolverQueryLogConfig"],
  autoName: { property: "name", maxLength: 64 },
  inputs: z.strictObject({ name: resolverName, destinationArn: z.string(), tags, region }),
  replaces: ["name", "destinationArn", "region"],
  requests: {
    create: {
      CreateResolverQueryLogConfig: ({ name, destinationArn, tags }) => ({
        CreatorRequestId: creatorRequestId,
        Name: name,
        DestinationArn: destinationArn,
        Tags: keyValue(tags),
      }),
    },
    read: {
      GetResolverQueryLogConfig: (_, { id }) => ({ ResolverQueryLogConfigId: id }),
      ListTagsForResource: (_, { outputs }) => ({ ResourceArn: outputs.arn }),
    },
    update: { ...retagged.resolver },
    delete: { DeleteResolverQueryLogConfig: (_, { id }) => ({ ResolverQueryLogConfigId: id }) },
  },
  create: (aws, { destinationArn }) => {
    if (!logGroup.all(aws).some((group) => group.outputs.arn === destinationArn.replace(/:\*$/, "")))
      throw new AwsError(
        "InvalidParameterException",
        `The destination '${destinationArn}' does not exist`,
        documented("Amazon Route 53 API, CreateResolverQueryLogConfig: DestinationArn"),
      );
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
        documented("Amazon Route 53 API, DeleteResolverQueryLogConfig: disassociate first"),
      );
  },
});

const associated = (given: { resolverQueryLogConfigId: string; resourceId: string }) => ({
  ResolverQueryLogConfigId: given.resolverQueryLogConfigId,
  ResourceId: given.resourceId,
});

export const resolverQueryLogConfigAssociation = kind({
  type: "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
  api: ["Route53Resolver", "ResolverQueryLogConfig"],
  operations: { create: "AssociateResolverQueryLogConfig", delete: "DisassociateResolverQueryLogConfig" },
  inputs: z.strictObject({ resolverQueryLogConfigId: z.string(), resourceId: z.string(), region }),
  replaces: ["resolverQueryLogConfigId", "resourceId", "region"],
  holds: ["resolverQueryLogConfigId"],
  requests: {
    create: { AssociateResolverQueryLogConfig: associated },
    read: {
      GetResolverQueryLogConfigAssociation: (_, { id }) => ({ ResolverQueryLogConfigAssociationId: id }),
    },
    delete: { DisassociateResolverQueryLogConfig: associated },
  },
  create: (aws, { resolverQueryLogConfigId: config, resourceId }) => {
    need(
      aws,
      resolverQueryLogConfig,
      config,
      new AwsError(
        "ResourceNotFoundException",
        `The resolver query log config '${config}' does not exist`,
        documented("Amazon Route 53 API, AssociateResolverQueryLogConfig, errors: ResourceNotFoundException"),
      ),
    );
    need(
      aws,
      vpc,
      resourceId,
      new AwsError("InvalidParameterException", `The vpc ID '${resourceId}' does not exist`, guessed),
    );
    const twice = resolverQueryLogConfigAssociation
      .all(aws)
      .some((a) => a.inputs.resolverQueryLogConfigId === config && a.inputs.resourceId === resourceId);
    if (twice)
      throw new AwsError(
        "ResourceExistsException",
        `The resolver query log config '${config}' is already associated with '${resourceId}'`,
        documented("Amazon Route 53 API, AssociateResolverQueryLogConfig, errors: ResourceExistsException"),
      );
    return { id: `rqlca-${aws.ids.hex(17)}` };
  },
});
