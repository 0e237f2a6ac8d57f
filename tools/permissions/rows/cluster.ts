import type { Registered } from "../../program/registered.ts";
import { autoNamed, type Rows, serviceLinkedRole } from "../row.ts";

/** Looks up a cluster that exists already. */
export const getCluster = "aws:ecs/getCluster:getCluster";

const roleType = "aws:iam/role:Role";
const attachmentType = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const roleArn = (name: string) => `role/${autoNamed(name, 64)}`;

/**
 * `cluster`, with roles and keys. Source: terraform-provider-aws, internal/service/ecs/cluster.go, internal/service/iam,
 * internal/service/kms/key.go, internal/service/ssm/activation.go.
 */
export const cluster: Rows = {
  "aws:ecs/cluster:Cluster": {
    creates: "ecs:CreateCluster",
    read: ["ecs:DescribeClusters"],
    update: ["ecs:UpdateCluster"],
    delete: ["ecs:DeleteCluster"],
    arns: ({ inputs }) => [`cluster/${inputs.name}`],
    grants: (_, place) => [serviceLinkedRole(place, "ecs.amazonaws.com")],
  },
  [roleType]: {
    creates: "iam:CreateRole",
    read: ["iam:GetRole", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"],
    update: ["iam:UpdateAssumeRolePolicy", "iam:UpdateRole"],
    delete: ["iam:ListInstanceProfilesForRole", "iam:DeleteRole"],
    arns: ({ name }) => [roleArn(name)],
    grants: ({ name, inputs }, { arn }) => [
      {
        actions: ["iam:PassRole"],
        resources: [arn("iam", roleArn(name))],
        condition: { StringEquals: { "iam:PassedToService": trusted(inputs.assumeRolePolicy) } },
      },
    ],
  },
  "aws:iam/rolePolicy:RolePolicy": {
    create: ["iam:PutRolePolicy"],
    read: ["iam:GetRolePolicy"],
    update: ["iam:PutRolePolicy"],
    delete: ["iam:DeleteRolePolicy"],
    arns: () => [],
  },
  [attachmentType]: {
    read: ["iam:ListAttachedRolePolicies"],
    delete: [],
    arns: () => [],
    grants: (_, { arn, ownTags }, { resources }) => [
      {
        actions: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
        resources: resources.flatMap(({ type, name }) =>
          type === roleType ? [arn("iam", roleArn(name))] : [],
        ),
        condition: {
          StringEquals: ownTags("ResourceTag"),
          ArnEquals: { "iam:PolicyARN": attachedPolicies(resources) },
        },
      },
    ],
  },
  "aws:kms/key:Key": {
    creates: "kms:CreateKey",
    create: ["kms:EnableKeyRotation"],
    read: ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"],
    update: [
      "kms:DisableKeyRotation",
      "kms:EnableKeyRotation",
      "kms:PutKeyPolicy",
      "kms:UpdateKeyDescription",
    ],
    delete: ["kms:ScheduleKeyDeletion"],
    arns: () => ["key/*"],
  },
  "aws:ssm/activation:Activation": {
    creates: "ssm:CreateActivation",
    read: ["ssm:DescribeActivations"],
    delete: ["ssm:DeleteActivation"],
    arns: () => [],
    grants: ({ inputs }, { arn }, { functions }) =>
      functions.includes(getCluster)
        ? [{ actions: ["ecs:DescribeClusters"], resources: [arn("ecs", `cluster/${clusterOf(inputs)}`)] }]
        : [],
  },
};

/** Returns the cluster of an activation's nodes. */
const clusterOf = ({ tags }: Registered["inputs"]) => Object(tags)["hybrid:cluster"];

/** Returns the managed policies that the program attaches to roles; which to which is known only during the update. */
function attachedPolicies(resources: readonly Registered[]): readonly string[] {
  const attached = resources.filter(({ type }) => type === attachmentType);
  return [...new Set(attached.map(({ inputs }) => String(inputs.policyArn)))].toSorted();
}

/** Returns the AWS service that may take a role. */
function trusted(policy: unknown): string {
  const { Statement } = JSON.parse(String(policy)) as {
    readonly Statement: readonly { readonly Principal: { readonly Service: string } }[];
  };
  return Statement[0]?.Principal.Service ?? "";
}
