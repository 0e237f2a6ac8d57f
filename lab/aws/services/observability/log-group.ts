/** CloudWatch Logs: log groups. API reference: CreateLogGroup, PutRetentionPolicy. */
import { z } from "zod";
import type { Account } from "../../account.ts";
import { AwsError, documented } from "../../errors.ts";
import { type Created, kind, oneOf, region, tags } from "../../kind.ts";
import { retagged } from "../../requests/tags.ts";
import { keyByArn, letsLogsEncrypt } from "../identity/key.ts";

/** The only retention times that PutRetentionPolicy accepts, in days; 0 is forever. */
const retentions = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const retention = ({ name, retentionInDays }: { name: string; retentionInDays: number }) =>
  retentionInDays === 0 ? undefined : { logGroupName: name, retentionInDays };

export const logGroup = kind({
  type: "aws:cloudwatch/logGroup:LogGroup",
  api: ["CloudWatch Logs", "LogGroup"],
  operations: { update: "PutRetentionPolicy" },
  autoName: { property: "name", maxLength: 512 },
  inputs: z.strictObject({
    name: z.string().regex(/^[.\-_/#A-Za-z0-9]{1,512}$/, "must be 1 to 512 of A-Z a-z 0-9 . - _ / #"),
    retentionInDays: z
      .int()
      .refine(
        (d) => retentions.includes(d),
        `expected retention_in_days to be one of [${retentions.join(" ")}]`,
      )
      .default(0),
    kmsKeyId: z.string().optional(),
    logGroupClass: oneOf(["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]).default("STANDARD"),
    skipDestroy: z.boolean().default(false),
    deletionProtectionEnabled: z.boolean().optional(),
    tags,
    region,
  }),
  replaces: ["name", "logGroupClass", "region"],
  requests: {
    create: {
      CreateLogGroup: (given) => ({
        logGroupName: given.name,
        kmsKeyId: given.kmsKeyId,
        logGroupClass: given.logGroupClass,
        deletionProtectionEnabled: given.deletionProtectionEnabled,
        tags: given.tags,
      }),
      PutRetentionPolicy: retention,
    },
    read: {
      DescribeLogGroups: ({ name }) => ({ logGroupNamePrefix: name }),
      ListTagsForResource: (_, { outputs }) => ({ resourceArn: outputs.arn }),
    },
    update: {
      PutRetentionPolicy: retention,
      DeleteRetentionPolicy: ({ name, retentionInDays }) =>
        retentionInDays === 0 ? { logGroupName: name } : undefined,
      AssociateKmsKey: ({ name, kmsKeyId }) =>
        kmsKeyId === undefined ? undefined : { logGroupName: name, kmsKeyId },
      DisassociateKmsKey: ({ name, kmsKeyId }, _, before) =>
        kmsKeyId === undefined && before.kmsKeyId !== undefined ? { logGroupName: name } : undefined,
      PutLogGroupDeletionProtection: ({ name, deletionProtectionEnabled }) =>
        deletionProtectionEnabled === undefined
          ? undefined
          : { logGroupIdentifier: name, deletionProtectionEnabled },
      ...retagged.logs,
    },
    delete: {
      DeleteLogGroup: ({ name, skipDestroy }) => (skipDestroy ? undefined : { logGroupName: name }),
    },
  },
  update: (aws, r, { name, kmsKeyId }) => {
    checkKey(aws, name, kmsKeyId);
    return r.outputs;
  },
  create: (aws, { name, kmsKeyId }): Created => {
    // AWS also creates groups of its own, and an earlier stack may have left one.
    if (logGroup.get(aws, name) || aws.runtime.logs[name])
      throw new AwsError(
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
        documented("Amazon CloudWatch Logs API, CreateLogGroup, errors: ResourceAlreadyExistsException"),
      );
    checkKey(aws, name, kmsKeyId);
    return { id: name, outputs: { arn: aws.arn("logs", `log-group:${name}`) } };
  },
  delete: (aws, { id, inputs: { skipDestroy, deletionProtectionEnabled } }) => {
    if (skipDestroy) {
      aws.runtime.logs[id] ??= {};
      return;
    }
    if (deletionProtectionEnabled)
      throw new AwsError(
        "ValidationException",
        `The log group ${id} has deletion protection enabled`,
        documented("Amazon CloudWatch Logs API, CreateLogGroup: deletionProtectionEnabled"),
      );
    delete aws.runtime.logs[id];
  },
});

function checkKey(aws: Account, name: string, kmsKeyId: string | undefined): void {
  const arn = aws.arn("logs", `log-group:${name}`);
  const key = kmsKeyId === undefined ? undefined : keyByArn(aws, kmsKeyId);
  if (kmsKeyId === undefined || (key && letsLogsEncrypt(aws, key.inputs.policy, arn))) return;
  throw new AwsError(
    "InvalidParameterException",
    `The specified KMS key does not exist or is not allowed to be used with LogGroup '${arn}'`,
    documented("Amazon CloudWatch Logs API, CreateLogGroup: a KMS key that does not exist"),
  );
}
