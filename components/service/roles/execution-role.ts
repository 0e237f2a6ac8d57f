import * as pulumi from "@pulumi/pulumi";
import { parseArn } from "../../../limits/arn.ts";
import { ecrImage } from "../../../limits/service/ecr-image.ts";
import { type Allow, policyDocument } from "../../shared/iam.ts";
import type { ArnLocation } from "../../shared/location.ts";
import { type GrantedRole, grant, taskRole } from "./service-role.ts";

/** What the ECS agent needs for a service. */
export interface ExecutionNeeds {
  readonly image: pulumi.Input<string>;
  /** ARNs of SSM parameters and of secrets in Secrets Manager. */
  readonly secretArns: readonly pulumi.Input<string>[];
  /** ARNs of the keys that encrypt the secrets, besides AWS's own. */
  readonly secretsKeyArns: readonly pulumi.Input<string>[];
  /** The image comes through a pull-through cache rule of ECR. */
  readonly pullThroughCache: boolean;
  readonly logGroupArn: pulumi.Output<string>;
  readonly location: ArnLocation;
}

/**
 * Creates the role by which the ECS agent writes a service's logs, reads its secrets and the credentials of its registry, and
 * pulls its image from a private repository of ECR.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export function executionRole(name: string, needs: ExecutionNeeds, parent: pulumi.Resource): GrantedRole {
  const { image, secretArns, secretsKeyArns, pullThroughCache, logGroupArn, location } = needs;
  const role = taskRole(name, location, parent);
  const writesLogs: Allow = {
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: pulumi.interpolate`${logGroupArn}:*`,
  };
  const policy = pulumi
    .all([image, location.partition, pulumi.all([...secretArns]), pulumi.all([...secretsKeyArns])])
    .apply(([image, partition, secretArns, keyArns]) =>
      policyDocument([
        writesLogs,
        ...reads(secretArns, keyArns),
        ...pulls(image, partition, pullThroughCache),
      ]),
    );
  return { role, grants: [grant(name, role, policy, parent)] };
}

/** By the service in their ARNs: what reads secrets there, and how KMS names the service that decrypts for the reader. */
const readers = [
  { service: "ssm", action: "ssm:GetParameters", via: "ssm.*" },
  { service: "secretsmanager", action: "secretsmanager:GetSecretValue", via: "secretsmanager.*" },
] as const;

/**
 * Returns the permissions to read secrets, and to decrypt with their keys on the way through their service.
 *
 * Sources: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html#task-execution-secrets
 */
function reads(secretArns: readonly string[], keyArns: readonly string[]): Allow[] {
  const needed = readers
    .map((reader) => ({
      ...reader,
      arns: [...new Set(secretArns.filter((arn) => parseArn(arn)?.service === reader.service))],
    }))
    .filter(({ arns }) => arns.length > 0);
  const decrypts: Allow = {
    Action: "kms:Decrypt",
    Resource: keyArns,
    Condition: { StringLike: { "kms:ViaService": needed.map(({ via }) => via) } },
  };
  return [
    ...needed.map(({ action, arns }) => ({ Action: action, Resource: arns })),
    ...(needed.length > 0 && keyArns.length > 0 ? [decrypts] : []),
  ];
}

/**
 * Returns the permissions for a pull from ECR; none for an image of another registry. An image of another account is also
 * subject to that account's policy of the repository.
 *
 * Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html,
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
 */
function pulls(image: string, partition: string, pullThroughCache: boolean): Allow[] {
  const ecr = ecrImage(image);
  if (!ecr) return [];
  return [
    // AWS takes no ARN here.
    { Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      Action: [
        ...["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        ...(pullThroughCache ? ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"] : []),
      ],
      Resource: `arn:${partition}:ecr:${ecr.region}:${ecr.account}:repository/${ecr.repository}`,
    },
  ];
}
