import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import * as pulumi from "@pulumi/pulumi";
import { ecrImage } from "../../limits/service/ecr-image.ts";
import { type Allow, assumeRolePolicy, policyDocument } from "../shared/iam.ts";
import type { ArnLocation } from "../shared/location.ts";
import { tags } from "../shared/tags.ts";

/** A role and its policy. A resource that uses the role must wait for both. */
export interface GrantedRole {
  readonly role: Role;
  readonly policy: RolePolicy;
}

function taskRole(
  name: string,
  location: ArnLocation,
  policy: pulumi.Input<string>,
  parent: pulumi.Resource,
): GrantedRole {
  const role = new Role(
    name,
    { assumeRolePolicy: assumeRolePolicy("ecs-tasks.amazonaws.com", "ecs", location), tags: tags(name) },
    { parent },
  );
  return { role, policy: new RolePolicy(name, { role: role.name, policy }, { parent }) };
}

/**
 * Creates the role by which the ECS agent writes a service's logs, reads its secrets, and pulls its image from a private
 * repository of ECR.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export function executionRole(
  name: string,
  needs: {
    readonly image: pulumi.Input<string>;
    readonly secretArns: readonly pulumi.Input<string>[];
    readonly logGroupArn: pulumi.Output<string>;
    readonly location: ArnLocation;
  },
  parent: pulumi.Resource,
): GrantedRole {
  const { image, secretArns, logGroupArn, location } = needs;
  const statements: Allow[] = [
    {
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${logGroupArn}:*`,
    },
  ];
  if (secretArns.length > 0) statements.push({ Action: "ssm:GetParameters", Resource: secretArns });
  const policy = pulumi
    .all([image, location.partition])
    .apply(([uri, partition]) => policyDocument([...statements, ...pulls(uri, partition)]));
  return taskRole(name, location, policy, parent);
}

/**
 * Returns the permissions for a pull from ECR; none for an image of another registry.
 *
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
 */
function pulls(image: string, partition: string): Allow[] {
  const ecr = ecrImage(image);
  if (!ecr) return [];
  return [
    // AWS takes no ARN here.
    { Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: `arn:${partition}:ecr:${ecr.region}:${ecr.account}:repository/${ecr.repository}`,
    },
  ];
}

/**
 * Creates the role of a service's containers, which lets ECS Exec in, with encrypted and logged sessions.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
 */
export function execTaskRole(
  name: string,
  cluster: { readonly keyArn: pulumi.Input<string>; readonly execLogGroupArn: pulumi.Input<string> },
  location: ArnLocation,
  parent: pulumi.Resource,
): GrantedRole {
  const { partition, region, accountId } = location;
  const policy = policyDocument([
    {
      Action: [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      // AWS takes no ARN here.
      Resource: "*",
    },
    { Action: "kms:Decrypt", Resource: cluster.keyArn },
    {
      Action: "logs:DescribeLogGroups",
      Resource: pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:*`,
    },
    {
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${cluster.execLogGroupArn}:*`,
    },
  ]);
  return taskRole(name, location, policy, parent);
}
