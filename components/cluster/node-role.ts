import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import * as pulumi from "@pulumi/pulumi";
import { systemsManagerBuckets } from "../../limits/private-connectivity/buckets-of-aws.ts";
import { assumeRolePolicy, policyDocument } from "../shared/iam.ts";
import type { Location } from "../shared/location.ts";
import { stackTags, tags } from "../shared/tags.ts";

/** The tag that nodes carry as managed instances of Systems Manager; its value is the cluster's name. */
export const clusterTag = "hybrid:cluster";

/** The nodes' role and what it may do. A node registers once it may do all of it. */
export interface NodeRole {
  readonly role: Role;
  readonly grants: readonly pulumi.Resource[];
}

/**
 * Creates the role of a stack's nodes in Systems Manager.
 *
 * Sources: ECS developer guide, ecs-anywhere-iam-role; Systems Manager user guide, hybrid-multicloud-service-role.
 */
export function nodeRole(
  name: string,
  args: { readonly clusterName: string; readonly s3Endpoint: boolean; readonly location: Location },
  parent: pulumi.Resource,
): NodeRole {
  const { clusterName, s3Endpoint, location } = args;
  const child = { parent };
  const role = new Role(
    `${name}-node`,
    { assumeRolePolicy: assumeRolePolicy("ssm.amazonaws.com", "ssm", location), tags: tags(`${name}-node`) },
    child,
  );
  const managed = {
    ssm: "AmazonSSMManagedInstanceCore",
    ecs: "service-role/AmazonEC2ContainerServiceforEC2Role",
  };
  const attached = Object.entries(managed).map(
    ([suffix, policy]) =>
      new RolePolicyAttachment(
        `${name}-node-${suffix}`,
        {
          role: role.name,
          policyArn: pulumi.interpolate`arn:${location.partition}:iam::aws:policy/${policy}`,
        },
        child,
      ),
  );
  const leave = new RolePolicy(
    `${name}-node-leave`,
    { role: role.name, policy: leaves(clusterName, location) },
    child,
  );
  const buckets = () =>
    new RolePolicy(`${name}-node-buckets`, { role: role.name, policy: patches(location) }, child);
  return { role, grants: [...attached, leave, ...(s3Endpoint ? [buckets()] : [])] };
}

/** A node that leaves signs itself off, and a reinstalled host its former node; of other stacks it may sign off none. */
function leaves(clusterName: string, { partition, region, accountId }: Location): pulumi.Output<string> {
  // Not by the cluster's tag, which a node keeps when it moves to another cluster.
  const own = Object.entries(stackTags());
  return policyDocument([
    {
      Action: "ssm:DeregisterManagedInstance",
      Resource: pulumi.interpolate`arn:${partition}:ssm:${region}:${accountId}:managed-instance/*`,
      Condition: {
        StringEquals: Object.fromEntries(own.map(([tag, value]) => [`ssm:resourceTag/${tag}`, value])),
      },
    },
    {
      Action: "ecs:ListContainerInstances",
      Resource: pulumi.interpolate`arn:${partition}:ecs:${region}:${accountId}:cluster/${clusterName}`,
    },
    {
      Action: "ecs:DescribeContainerInstances",
      Resource: pulumi.interpolate`arn:${partition}:ecs:${region}:${accountId}:container-instance/${clusterName}/*`,
    },
  ]);
}

/** The agent signs its requests when it patches or distributes, and its role must then allow what AWS's buckets allow anybody. */
function patches({ partition, region }: Location): pulumi.Output<string> {
  return pulumi.all([partition, region]).apply(([partition, region]) =>
    policyDocument([
      {
        Action: "s3:GetObject",
        Resource: systemsManagerBuckets(region).map((bucket) => `arn:${partition}:s3:::${bucket}/*`),
      },
    ]),
  );
}
