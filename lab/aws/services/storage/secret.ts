/** Secrets Manager: secrets and their values. API reference: CreateSecret, PutSecretValue. */
import { z } from "zod";
import type { Account, Resource } from "../../account.ts";
import { AwsError, documented } from "../../errors.ts";
import { type Created, kind, region, tags } from "../../kind.ts";
import { keyValue, retagged } from "../../requests/tags.ts";
import { keyByArn } from "../identity/key.ts";

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export const secret = kind({
  type: "aws:secretsmanager/secret:Secret",
  api: ["Secrets Manager", "Secret"],
  autoName: { property: "name", maxLength: 512 },
  inputs: z.strictObject({
    name: z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/),
    description: z.string().max(2048).optional(),
    kmsKeyId: z.string().optional(),
    recoveryWindowInDays: z.int().min(0).max(30).default(30),
    tags,
    region,
  }),
  replaces: ["name", "region"],
  requests: {
    create: {
      CreateSecret: ({ name, description, kmsKeyId, tags: given }) => ({
        Name: name,
        Description: description,
        KmsKeyId: kmsKeyId,
        Tags: keyValue(given),
      }),
    },
    read: {
      DescribeSecret: (_, { id }) => ({ SecretId: id }),
      GetResourcePolicy: (_, { id }) => ({ SecretId: id }),
    },
    update: {
      UpdateSecret: ({ description, kmsKeyId }, { id }) => ({
        SecretId: id,
        Description: description,
        KmsKeyId: kmsKeyId,
      }),
      ...retagged.secretsManager,
    },
    delete: {
      DeleteSecret: ({ recoveryWindowInDays: days }, { id }) => ({
        SecretId: id,
        ...(days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days }),
      }),
    },
  },
  create: (aws, { name, kmsKeyId }): Created => {
    if (secret.all(aws).some(({ inputs }) => inputs.name === name))
      throw new AwsError(
        "ResourceExistsException",
        `The operation failed because the secret ${name} already exists.`,
        documented("AWS Secrets Manager API, CreateSecret, errors: ResourceExistsException"),
      );
    if (kmsKeyId !== undefined && !keyByArn(aws, kmsKeyId))
      throw new AwsError(
        "InvalidParameterException",
        `The KMS key ${kmsKeyId} does not exist.`,
        documented("AWS Secrets Manager API, CreateSecret, errors: InvalidParameterException"),
      );
    const arn = aws.arn("secretsmanager", `secret:${name}-${aws.ids.text(6, alphanumeric)}`);
    return { id: arn, outputs: { arn } };
  },
});

export const secretVersion = kind({
  type: "aws:secretsmanager/secretVersion:SecretVersion",
  api: ["Secrets Manager", "SecretVersion"],
  operations: {
    create: "PutSecretValue",
    update: "UpdateSecretVersionStage",
    delete: "UpdateSecretVersionStage",
  },
  secrets: ["secretString"],
  inputs: z.strictObject({
    secretId: z.string(),
    secretString: z.string(),
    versionStages: z.array(z.string()).default(["AWSCURRENT"]),
    region,
  }),
  replaces: ["secretId", "secretString", "region"],
  holds: ["secretId"],
  requests: {
    create: {
      PutSecretValue: ({ secretId, secretString, versionStages }) => ({
        SecretId: secretId,
        SecretString: secretString,
        VersionStages: versionStages,
      }),
    },
    read: {
      GetSecretValue: ({ secretId }, { outputs }) => ({ SecretId: secretId, VersionId: outputs.versionId }),
    },
    delete: {
      UpdateSecretVersionStage: ({ secretId, versionStages }, { outputs }) =>
        versionStages
          .filter((stage) => stage !== "AWSCURRENT")
          .map((stage) => ({
            SecretId: secretId,
            VersionStage: stage,
            RemoveFromVersionId: outputs.versionId,
          })),
    },
  },
  create: (aws, { secretId }): Created => {
    const of = findSecret(aws, secretId);
    const versionId = aws.ids.uuid();
    return { id: `${of.id}|${versionId}`, outputs: { arn: of.id, versionId } };
  },
});

/** Finds a secret by its ARN. */
export function findSecret(aws: Account, arn: string): Resource {
  const found = secret.get(aws, arn);
  if (!found)
    throw new AwsError(
      "ResourceNotFoundException",
      "Secrets Manager can't find the specified secret.",
      documented("AWS Secrets Manager API, GetSecretValue, errors: ResourceNotFoundException"),
    );
  return found;
}

/** Returns the value of a secret's version: the newest with the label, or the one with the id. */
export function secretString(aws: Account, arn: string, stage: string, versionId: string): string {
  const versions = secretVersion.all(aws).filter(({ inputs }) => inputs.secretId === findSecret(aws, arn).id);
  const label = stage || "AWSCURRENT";
  const found = versions.findLast(({ inputs, outputs }) =>
    versionId === "" ? inputs.versionStages.includes(label) : outputs.versionId === versionId,
  );
  if (!found)
    throw new AwsError(
      "ResourceNotFoundException",
      versionId === ""
        ? `Secrets Manager can't find the specified secret value for staging label: ${label}`
        : `Secrets Manager can't find the specified secret value for VersionId: ${versionId}`,
      documented("AWS Secrets Manager API, GetSecretValue, errors: ResourceNotFoundException"),
    );
  return found.inputs.secretString;
}
