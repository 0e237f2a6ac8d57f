/** Systems Manager: hybrid activations. API reference: CreateActivation. */
import { z } from "zod";
import { AwsError, documented, reported } from "../../errors.ts";
import { kind, region, tags } from "../../kind.ts";
import { keyValue } from "../../requests/tags.ts";
import { roleByName, trustedServices } from "../identity/role.ts";

const day = 24 * 60 * 60 * 1000;

const instanceName = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export const activation = kind({
  type: "aws:ssm/activation:Activation",
  api: ["SSM", "Activation"],
  inputs: z.strictObject({
    iamRole: z.string(),
    name: z.string().max(256).optional(),
    description: z.string().max(256).optional(),
    expirationDate: z.iso.datetime({ offset: true, error: "invalid RFC3339 date" }).optional(),
    registrationLimit: z.int().min(1).max(1000).default(1),
    tags,
    region,
  }),
  replaces: ["iamRole", "name", "description", "expirationDate", "registrationLimit", "tags", "region"],
  requests: {
    create: {
      CreateActivation: (given) => ({
        IamRole: given.iamRole,
        DefaultInstanceName: given.name,
        Description: given.description,
        ExpirationDate: given.expirationDate,
        RegistrationLimit: given.registrationLimit,
        Tags: keyValue(given.tags),
      }),
    },
    read: {
      DescribeActivations: (_, { id }) => ({
        Filters: [{ FilterKey: "ActivationIds", FilterValues: [id] }],
      }),
    },
    delete: { DeleteActivation: (_, { id }) => ({ ActivationId: id }) },
  },
  create: (aws, { iamRole, expirationDate, name }) => {
    if (name !== undefined && !instanceName.test(name))
      throw new AwsError(
        "ValidationException",
        `1 validation error detected: Value '${name}' at 'defaultInstanceName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$`,
        documented("AWS Systems Manager API, CreateActivation: DefaultInstanceName"),
      );
    // The role's name, path included, not its ARN (aws/aws-cli issue 4232).
    const role = roleByName(aws, iamRole.split("/").at(-1) ?? "");
    if (iamRole.startsWith("arn:") || !role || !trustedServices(role).includes("ssm.amazonaws.com"))
      throw new AwsError(
        "ValidationException",
        `Nonexistent role or missing ssm service principal in trust policy: arn:${aws.partition}:iam::${aws.account}:role/${iamRole}`,
        reported("hashicorp/terraform-provider-aws#27952"),
      );
    const now = aws.now().getTime();
    const expires = expirationDate === undefined ? now + day : Date.parse(expirationDate);
    if (expires <= now || expires > now + 30 * day)
      throw new AwsError(
        "ValidationException",
        `Invalid expiration date: it must be in the future and at most 30 days away.`,
        documented("AWS Systems Manager API, CreateActivation: ExpirationDate"),
      );
    const id = aws.ids.uuid();
    return {
      id,
      outputs: {
        activationCode: aws.ids.text(20, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
        expirationDate: new Date(expires).toISOString().replace(/\.\d+Z$/, "Z"),
      },
    };
  },
  read: (aws, { id, outputs }) => ({
    registrationCount: aws.runtime.registrations[id] ?? 0,
    expired: Date.parse(String(outputs.expirationDate)) <= aws.now().getTime(),
  }),
});
