/** KMS: keys and aliases. API reference: CreateKey, CreateAlias. */
import { z } from "zod";
import type { Account } from "../../account.ts";
import { dataSource } from "../../data-source.ts";
import { AwsError, documented, reported } from "../../errors.ts";
import { type Created, kind, oneOf, region, tags } from "../../kind.ts";
import { retagged, tagKeyValue } from "../../requests/tags.ts";
import { parsedJson } from "../../values.ts";

const rotation = (
  given: { enableKeyRotation: boolean; rotationPeriodInDays?: number | undefined },
  { id }: { id: string },
) => (given.enableKeyRotation ? { KeyId: id, RotationPeriodInDays: given.rotationPeriodInDays } : undefined);

export const key = kind({
  type: "aws:kms/key:Key",
  api: ["KMS", "Key"],
  operations: { update: "PutKeyPolicy", delete: "ScheduleKeyDeletion" },
  json: ["policy"],
  inputs: z.strictObject({
    description: z.string().max(8192).optional(),
    policy: z.string().optional(),
    enableKeyRotation: z.boolean().default(false),
    rotationPeriodInDays: z.int().min(90).max(2560).optional(),
    deletionWindowInDays: z.int().min(7).max(30).optional(),
    isEnabled: z.boolean().default(true),
    keyUsage: oneOf(["ENCRYPT_DECRYPT"]).default("ENCRYPT_DECRYPT"),
    customerMasterKeySpec: oneOf(["SYMMETRIC_DEFAULT"]).default("SYMMETRIC_DEFAULT"),
    multiRegion: z.boolean().optional(),
    tags,
    region,
  }),
  replaces: ["keyUsage", "customerMasterKeySpec", "multiRegion", "region"],
  requests: {
    create: {
      CreateKey: (given) => ({
        BypassPolicyLockoutSafetyCheck: false,
        Description: given.description,
        KeySpec: given.customerMasterKeySpec,
        KeyUsage: given.keyUsage,
        MultiRegion: given.multiRegion,
        Policy: given.policy,
        Tags: tagKeyValue(given.tags),
      }),
      EnableKeyRotation: rotation,
      DisableKey: ({ isEnabled }, { id }) => (isEnabled ? undefined : { KeyId: id }),
    },
    read: {
      DescribeKey: (_, { id }) => ({ KeyId: id }),
      GetKeyPolicy: (_, { id }) => ({ KeyId: id, PolicyName: "default" }),
      GetKeyRotationStatus: (_, { id }) => ({ KeyId: id }),
      ListResourceTags: (_, { id }) => ({ KeyId: id, Limit: 50 }),
    },
    update: {
      EnableKey: ({ isEnabled }, { id }, before) =>
        isEnabled && !before.isEnabled ? { KeyId: id } : undefined,
      EnableKeyRotation: rotation,
      DisableKeyRotation: ({ enableKeyRotation }, { id }) => (enableKeyRotation ? undefined : { KeyId: id }),
      UpdateKeyDescription: ({ description = "" }, { id }) => ({ KeyId: id, Description: description }),
      PutKeyPolicy: ({ policy }, { id }) =>
        policy === undefined ? undefined : { KeyId: id, PolicyName: "default", Policy: policy },
      DisableKey: ({ isEnabled }, { id }) => (isEnabled ? undefined : { KeyId: id }),
      ...retagged.kms,
    },
    delete: {
      ScheduleKeyDeletion: ({ deletionWindowInDays }, { id }) => ({
        KeyId: id,
        PendingWindowInDays: deletionWindowInDays,
      }),
    },
  },
  create: (aws, { policy }) => {
    if (policy !== undefined) checkKeyPolicy(aws, policy);
    const keyId = aws.ids.uuid();
    return { id: keyId, outputs: { keyId, arn: aws.arn("kms", `key/${keyId}`) } };
  },
  update: (aws, k, { policy }) => {
    if (policy !== undefined) checkKeyPolicy(aws, policy);
    return k.outputs;
  },
  delete: (aws, { id, inputs, outputs }) => {
    const days = inputs.deletionWindowInDays ?? 30;
    aws.runtime.keysToDelete[id] = {
      arn: String(outputs.arn),
      tags: inputs.tags ?? {},
      deletionDate: new Date(aws.now().getTime() + days * 24 * 3600 * 1000).toISOString(),
    };
  },
});

export const getKey = dataSource("aws:kms/getKey:getKey", (aws, { keyId }) => {
  const found = keyByArn(aws, String(keyId));
  const scheduled = Object.entries(aws.runtime.keysToDelete).find(
    ([id, { arn }]) => id === keyId || arn === keyId,
  );
  if (!found && !scheduled)
    throw new AwsError(
      "NotFoundException",
      `Key '${keyId}' does not exist`,
      documented("AWS KMS API, DescribeKey, errors: NotFoundException"),
    );
  return {
    id: found?.id ?? scheduled?.[0],
    keyId,
    arn: found?.outputs.arn ?? scheduled?.[1].arn,
    awsAccountId: aws.account,
    keyState: found ? "Enabled" : "PendingDeletion",
    enabled: found !== undefined,
    ...(scheduled && !found ? { deletionDate: scheduled[1].deletionDate } : {}),
  };
});

/** KMS refuses a policy that would lock the account out of its own key. */
function checkKeyPolicy(aws: Account, policy: string): void {
  if (parsedJson(policy) === undefined)
    throw new AwsError(
      "MalformedPolicyDocumentException",
      "The policy is not valid JSON.",
      documented("AWS KMS API, CreateKey, errors: MalformedPolicyDocumentException"),
    );
  if (!policy.includes(aws.account))
    throw new AwsError(
      "MalformedPolicyDocumentException",
      "The new key policy will not allow you to update the key policy in the future.",
      reported("terraform-aws-modules/terraform-aws-kms#14"),
    );
}

const keyStatements = z.object({
  Statement: z.array(
    z.object({
      Effect: z.string(),
      Principal: z.object({ Service: z.string().optional() }),
      Condition: z
        .object({
          ArnLike: z.object({
            "kms:EncryptionContext:aws:logs:arn": z.union([z.string(), z.array(z.string())]),
          }),
        })
        .optional(),
    }),
  ),
});

/** Whether a key's policy lets CloudWatch Logs encrypt a log group. The key's default policy lets the account only. */
export function letsLogsEncrypt(aws: Account, policy: string | undefined, groupArn: string): boolean {
  const parsed = keyStatements.safeParse(parsedJson(policy ?? "{}"));
  const statements = parsed.success ? parsed.data.Statement : [];
  const suffix = aws.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return statements.some(({ Effect, Principal, Condition }) => {
    const patterns = [Condition?.ArnLike["kms:EncryptionContext:aws:logs:arn"] ?? "*"].flat();
    return (
      Effect === "Allow" &&
      Principal.Service === `logs.${aws.region}.${suffix}` &&
      patterns.some((pattern) => matchesGlob(groupArn, pattern))
    );
  });
}

function matchesGlob(text: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}

export const keyByArn = (aws: Account, arn: string) =>
  key.all(aws).find((k) => k.outputs.arn === arn || k.id === arn);

export const alias = kind({
  type: "aws:kms/alias:Alias",
  api: ["KMS", "Alias"],
  inputs: z.strictObject({
    name: z.string().regex(/^alias\/[A-Za-z0-9/_-]+$/, 'must begin with "alias/"'),
    targetKeyId: z.string(),
    region,
  }),
  replaces: ["name", "region"],
  requests: {
    create: { CreateAlias: ({ name, targetKeyId }) => ({ AliasName: name, TargetKeyId: targetKeyId }) },
    read: { ListAliases: () => ({}) },
    update: { UpdateAlias: ({ name, targetKeyId }) => ({ AliasName: name, TargetKeyId: targetKeyId }) },
    delete: { DeleteAlias: ({ name }) => ({ AliasName: name }) },
  },
  create: (aws, { name, targetKeyId }): Created => {
    const target = keyByArn(aws, targetKeyId);
    if (!target)
      throw new AwsError(
        "NotFoundException",
        `Key '${targetKeyId}' does not exist`,
        documented("AWS KMS API, CreateAlias, errors: NotFoundException"),
      );
    if (alias.get(aws, name))
      throw new AwsError(
        "AlreadyExistsException",
        `An alias with the name ${aws.arn("kms", name)} already exists`,
        documented("AWS KMS API, CreateAlias, errors: AlreadyExistsException"),
      );
    return {
      id: name,
      outputs: { arn: aws.arn("kms", name), targetKeyArn: target.outputs.arn },
    };
  },
});
