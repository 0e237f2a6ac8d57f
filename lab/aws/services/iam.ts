/** IAM: roles and their policies. API reference: CreateRole, PutRolePolicy, AttachRolePolicy. */
import { z } from "zod";
import type { Aws } from "../aws.ts";
import { AwsError } from "../errors.ts";
import { kind, type Resource, tags } from "../kind.ts";
import { parsedJson } from "../values.ts";
import { users } from "./common.ts";

/** The managed policies of AWS that the simulation knows; the list grows with what is used. */
const managedPolicies = [
  "AmazonSSMManagedInstanceCore",
  "service-role/AmazonEC2ContainerServiceforEC2Role",
  "service-role/AmazonECSTaskExecutionRolePolicy",
  "CloudWatchAgentServerPolicy",
  "AmazonSSMDirectoryServiceAccess",
  "AmazonEC2ContainerRegistryReadOnly",
  "ReadOnlyAccess",
];

const list = <T extends z.ZodType>(one: T) =>
  z.union([one, z.array(one)]).transform((v) => (Array.isArray(v) ? v : [v]));
const statements = z.object({
  Version: z.enum(["2012-10-17", "2008-10-17"]).optional(),
  Statement: list(
    z.object({
      Effect: z.enum(["Allow", "Deny"]),
      Action: list(z.string()).optional(),
      NotAction: list(z.string()).optional(),
      Resource: list(z.string()).optional(),
      NotResource: list(z.string()).optional(),
      Principal: z.union([z.literal("*"), z.record(z.string(), list(z.string()))]).optional(),
    }),
  ),
});

const malformed = (told: string) => new AwsError("MalformedPolicyDocument", told);

const statementsOf = (document: string) => {
  const json = parsedJson(document);
  if (json === undefined) throw malformed("This policy contains invalid Json");
  const parsed = statements.safeParse(json);
  if (!parsed.success) throw malformed("Syntax errors in policy.");
  return parsed.data.Statement;
};

/** The services that a trust policy lets assume the role. */
export const trusted = (role: Resource): string[] =>
  statementsOf(String(role.inputs.assumeRolePolicy)).flatMap((s) =>
    s.Effect === "Allow" && typeof s.Principal === "object" ? (s.Principal.Service ?? []) : [],
  );

export const roleByName = (aws: Aws, name: string): Resource | undefined => aws.resource(role.type, name);

const roleType = "aws:iam/role:Role";

const checkTrust = (document: string): void => {
  for (const s of statementsOf(document)) {
    if (s.Principal === undefined) throw malformed("AssumeRole policy must contain resources or principals");
    if (s.Resource ?? s.NotResource) throw malformed("Has prohibited field Resource");
    if (!s.Action?.every((a) => /^sts:/.test(a)))
      throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
    const services = typeof s.Principal === "object" ? (s.Principal.Service ?? []) : [];
    const unknown = services.find((name) => !/^[a-z0-9.-]+\.amazonaws\.com$/.test(name));
    if (unknown !== undefined) throw malformed(`Invalid principal in policy: "SERVICE":"${unknown}"`);
  }
};

export const role = kind({
  type: roleType,
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
  create: (aws, { name, path, assumeRolePolicy }) => {
    checkTrust(assumeRolePolicy);
    if (roleByName(aws, name))
      throw new AwsError("EntityAlreadyExists", `Role with name ${name} already exists.`, 409);
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
    if (users(aws, id, [attachmentType]).length > 0)
      throw new AwsError("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409);
    if (users(aws, id, [inlineType]).length > 0)
      throw new AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409);
  },
});

const inlineType = "aws:iam/rolePolicy:RolePolicy";
const attachmentType = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

const needRole = (aws: Aws, name: string): void => {
  if (!roleByName(aws, name))
    throw new AwsError("NoSuchEntity", `The role with name ${name} cannot be found.`, 404);
};

const checkPermissions = (document: string): void => {
  for (const s of statementsOf(document)) {
    if (s.Principal !== undefined) throw malformed("Policy document should not specify a principal.");
    if (!s.Action && !s.NotAction) throw malformed("Policy statement must contain actions.");
    if (!s.Resource && !s.NotResource) throw malformed("Policy statement must contain resources.");
    const nameless = s.Action?.find((a) => a !== "*" && !/^[A-Za-z0-9-]+:[A-Za-z*?]/.test(a));
    if (nameless !== undefined)
      throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    const bad = s.Resource?.find((r) => r !== "*" && !/^arn:/.test(r));
    if (bad !== undefined) throw malformed(`Resource ${bad} must be in ARN format or "*".`);
  }
};

export const rolePolicy = kind({
  type: inlineType,
  api: ["IAM", "RolePolicy"],
  operations: { create: "PutRolePolicy", update: "PutRolePolicy" },
  autoName: { property: "name", maxLength: 128 },
  json: ["policy"],
  inputs: z.strictObject({
    name: z.string().regex(/^[\w+=,.@-]{1,128}$/),
    policy: z.string(),
    role: z.string(),
  }),
  replaces: ["name", "role"],
  create: (aws, { name, policy, role: of }) => {
    needRole(aws, of);
    checkPermissions(policy);
    return { id: `${of}:${name}` };
  },
  update: (_, r, { policy }) => {
    checkPermissions(policy);
    return r.outputs;
  },
});

export const rolePolicyAttachment = kind({
  type: attachmentType,
  api: ["IAM", "RolePolicy"],
  operations: { create: "AttachRolePolicy", delete: "DetachRolePolicy" },
  inputs: z.strictObject({ policyArn: z.string(), role: z.string() }),
  replaces: ["policyArn", "role"],
  create: (aws, { policyArn, role: of }) => {
    needRole(aws, of);
    if (!managedPolicies.some((name) => policyArn === `arn:${aws.partition}:iam::aws:policy/${name}`))
      throw new AwsError("NoSuchEntity", `Policy ${policyArn} does not exist or is not attachable.`, 404);
    return { id: `${of}/${policyArn}` };
  },
});
