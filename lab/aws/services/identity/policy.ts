/** IAM: managed policies of the account's own. API reference: CreatePolicy. */
import { z } from "zod";
import { AwsError, documented } from "../../errors.ts";
import { type Created, kind, tags } from "../../kind.ts";
import { keyValue } from "../../requests/tags.ts";
import { checkPermissions } from "./policy-document.ts";

export const policy = kind({
  type: "aws:iam/policy:Policy",
  api: ["IAM", "Policy"],
  operations: { update: "CreatePolicyVersion" },
  autoName: { property: "name", maxLength: 128 },
  json: ["policy"],
  inputs: z.strictObject({
    name: z.string().regex(/^[\w+=,.@-]{1,128}$/),
    path: z.string().default("/"),
    description: z.string().max(1000).optional(),
    policy: z.string(),
    tags,
  }),
  replaces: ["name", "path", "description"],
  requests: {
    create: {
      CreatePolicy: (given) => ({
        PolicyName: given.name,
        Path: given.path,
        Description: given.description,
        PolicyDocument: given.policy,
        Tags: keyValue(given.tags),
      }),
    },
    read: {
      GetPolicy: (_, { id }) => ({ PolicyArn: id }),
      GetPolicyVersion: (_, { id }) => ({ PolicyArn: id, VersionId: "v1" }),
    },
    update: {
      CreatePolicyVersion: ({ policy: document }, { id }) => ({
        PolicyArn: id,
        PolicyDocument: document,
        SetAsDefault: true,
      }),
    },
    delete: {
      ListPolicyVersions: (_, { id }) => ({ PolicyArn: id }),
      DeletePolicy: (_, { id }) => ({ PolicyArn: id }),
    },
  },
  create: (aws, { name, path, policy: document }): Created => {
    checkPermissions(document);
    const arn = `arn:${aws.partition}:iam::${aws.account}:policy${path}${name}`;
    if (policy.get(aws, arn))
      throw new AwsError(
        "EntityAlreadyExists",
        `A policy called ${name} already exists. Duplicate names are not allowed.`,
        documented("IAM API, CreatePolicy, errors: EntityAlreadyExists"),
        409,
      );
    return {
      id: arn,
      outputs: { arn, policyId: `ANPA${aws.ids.text(17, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}` },
    };
  },
  update: (_, r, { policy: document }) => {
    checkPermissions(document);
    return r.outputs;
  },
  delete: (aws, { id }) => {
    if (aws.holders(id).length > 0)
      throw new AwsError(
        "DeleteConflict",
        "Cannot delete a policy attached to entities.",
        documented("IAM API, DeletePolicy, errors: DeleteConflict"),
        409,
      );
  },
});
