/** IAM: roles. API reference: CreateRole. */
import { z } from "zod";
import type { Resource, Store } from "../../account.ts";
import { AwsError, documented, reported } from "../../errors.ts";
import { kind, tags } from "../../kind.ts";
import { keyValue, retagged } from "../../requests/tags.ts";
import { checkTrust, statementsOf } from "./policy-document.ts";

/** Returns the services that a trust policy lets assume the role. */
export const trustedServices = (role: Resource): string[] =>
  statementsOf(String(role.inputs.assumeRolePolicy)).flatMap((s) =>
    s.Effect === "Allow" && typeof s.Principal === "object" ? (s.Principal.Service ?? []) : [],
  );

export const roleByName = (store: Store, name: string): Resource | undefined =>
  store.resource(role.type, name);

export const role = kind({
  type: "aws:iam/role:Role",
  api: ["IAM", "Role"],
  operations: { update: "UpdateAssumeRolePolicy" },
  autoName: { property: "name", maxLength: 64 },
  json: ["assumeRolePolicy"],
  inputs: z.strictObject({
    name: z.string().regex(/^[\w+=,.@-]{1,64}$/, "must match [\\w+=,.@-] and be at most 64 characters"),
    assumeRolePolicy: z.string(),
    description: z.string().max(1000).optional(),
    forceDetachPolicies: z.boolean().default(false),
    maxSessionDuration: z.int().min(3600).max(43200).default(3600),
    path: z
      .string()
      .regex(/^\/([\x21-\x7e]+\/)?$/)
      .default("/"),
    permissionsBoundary: z.string().optional(),
    managedPolicyArns: z.array(z.string()).optional(),
    tags,
  }),
  replaces: ["name", "path"],
  requests: {
    create: {
      CreateRole: (given) => ({
        RoleName: given.name,
        AssumeRolePolicyDocument: given.assumeRolePolicy,
        Description: given.description,
        MaxSessionDuration: given.maxSessionDuration,
        Path: given.path,
        PermissionsBoundary: given.permissionsBoundary,
        Tags: keyValue(given.tags),
      }),
      AttachRolePolicy: ({ name, managedPolicyArns = [] }) =>
        managedPolicyArns.map((PolicyArn) => ({ RoleName: name, PolicyArn })),
    },
    read: {
      GetRole: (_, { id }) => ({ RoleName: id }),
      ListRolePolicies: (_, { id }) => ({ RoleName: id }),
      ListAttachedRolePolicies: (_, { id }) => ({ RoleName: id }),
    },
    update: {
      UpdateAssumeRolePolicy: ({ name, assumeRolePolicy }) => ({
        RoleName: name,
        PolicyDocument: assumeRolePolicy,
      }),
      UpdateRoleDescription: ({ name, description = "" }, _, before) =>
        description === (before.description ?? "") ? undefined : { RoleName: name, Description: description },
      UpdateRole: ({ name, maxSessionDuration }) => ({
        RoleName: name,
        MaxSessionDuration: maxSessionDuration,
      }),
      PutRolePermissionsBoundary: ({ name, permissionsBoundary }) =>
        permissionsBoundary === undefined
          ? undefined
          : { RoleName: name, PermissionsBoundary: permissionsBoundary },
      DeleteRolePermissionsBoundary: ({ name, permissionsBoundary }, _, before) =>
        permissionsBoundary === undefined && before.permissionsBoundary !== undefined
          ? { RoleName: name }
          : undefined,
      ...retagged.iamRole,
    },
    delete: {
      ListInstanceProfilesForRole: (_, { id }) => ({ RoleName: id }),
      DeleteRole: (_, { id }) => ({ RoleName: id }),
    },
  },
  create: (aws, { name, path, assumeRolePolicy }) => {
    checkTrust(assumeRolePolicy);
    if (roleByName(aws, name))
      throw new AwsError(
        "EntityAlreadyExists",
        `Role with name ${name} already exists.`,
        reported("terraform-aws-modules/terraform-aws-ecs#363"),
        409,
      );
    return {
      id: name,
      outputs: {
        arn: `arn:${aws.partition}:iam::${aws.account}:role${path}${name}`,
        createDate: aws.now().toISOString(),
        uniqueId: `AROA${aws.ids.text(17, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`,
      },
    };
  },
  update: (_, r, { assumeRolePolicy }) => {
    checkTrust(assumeRolePolicy);
    return r.outputs;
  },
  delete: (aws, { id }) => {
    const holders = aws.holders(id);
    if (holders.some(({ inputs }) => inputs.policyArn !== undefined))
      throw new AwsError(
        "DeleteConflict",
        "Cannot delete entity, must detach all policies first.",
        reported("hashicorp/boundary#5646"),
        409,
      );
    if (holders.length > 0)
      throw new AwsError(
        "DeleteConflict",
        "Cannot delete entity, must delete policies first.",
        reported("awslabs/aws-orbit-workbench#633"),
        409,
      );
  },
});

/** Rejects the name of a role that does not exist. */
export function needRole(store: Store, name: string): void {
  if (!roleByName(store, name))
    throw new AwsError(
      "NoSuchEntity",
      `The role with name ${name} cannot be found.`,
      documented("IAM API, PutRolePolicy, errors: NoSuchEntity"),
      404,
    );
}
