/** IAM: the policies of a role. API reference: PutRolePolicy, AttachRolePolicy. */
import { z } from "zod";
import { AwsError, documented } from "../../errors.ts";
import { kind } from "../../kind.ts";
import { policy } from "./policy.ts";
import { checkPermissions } from "./policy-document.ts";
import { needRole } from "./role.ts";

/** AWS's managed policies that the simulation knows. Add to the list as needed. */
const managedPolicies = [
  "AmazonSSMManagedInstanceCore",
  "service-role/AmazonEC2ContainerServiceforEC2Role",
  "service-role/AmazonECSTaskExecutionRolePolicy",
  "CloudWatchAgentServerPolicy",
  "AmazonSSMDirectoryServiceAccess",
  "AmazonEC2ContainerRegistryReadOnly",
  "AmazonS3ReadOnlyAccess",
  "ReadOnlyAccess",
];

const written = ({ name, role: of, policy }: { name: string; role: string; policy: string }) => ({
  RoleName: of,
  PolicyName: name,
  PolicyDocument: policy,
});

export const rolePolicy = kind({
  type: "aws:iam/rolePolicy:RolePolicy",
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
  holds: ["role"],
  requests: {
    create: { PutRolePolicy: written },
    read: { GetRolePolicy: ({ name, role: of }) => ({ RoleName: of, PolicyName: name }) },
    update: { PutRolePolicy: written },
    delete: { DeleteRolePolicy: ({ name, role: of }) => ({ RoleName: of, PolicyName: name }) },
  },
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
  type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  api: ["IAM", "RolePolicy"],
  operations: { create: "AttachRolePolicy", delete: "DetachRolePolicy" },
  inputs: z.strictObject({ policyArn: z.string(), role: z.string() }),
  replaces: ["policyArn", "role"],
  holds: ["role", "policyArn"],
  requests: {
    create: { AttachRolePolicy: ({ policyArn, role: of }) => ({ RoleName: of, PolicyArn: policyArn }) },
    read: { ListAttachedRolePolicies: ({ role: of }) => ({ RoleName: of }) },
    delete: { DetachRolePolicy: ({ policyArn, role: of }) => ({ RoleName: of, PolicyArn: policyArn }) },
  },
  create: (aws, { policyArn, role: of }) => {
    needRole(aws, of);
    const isOfAws = managedPolicies.some(
      (name) => policyArn === `arn:${aws.partition}:iam::aws:policy/${name}`,
    );
    if (!isOfAws && !policy.get(aws, policyArn))
      throw new AwsError(
        "NoSuchEntity",
        `Policy ${policyArn} does not exist or is not attachable.`,
        documented("IAM API, AttachRolePolicy, errors: NoSuchEntity"),
        404,
      );
    return { id: `${of}/${policyArn}` };
  },
});
