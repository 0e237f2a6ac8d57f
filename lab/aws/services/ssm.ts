/** Systems Manager: hybrid activations and parameters. API reference: CreateActivation, PutParameter. */
import { z } from "zod";
import { AwsError } from "../errors.ts";
import { kind, oneOf, region, tags } from "../kind.ts";
import { roleByName, trusted } from "./iam.ts";

const day = 24 * 60 * 60 * 1000;

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
  create: (aws, { iamRole, expirationDate }) => {
    // The role's name, path included, not its ARN (aws/aws-cli issue 4232).
    const role = roleByName(aws, iamRole.split("/").at(-1) ?? "");
    if (iamRole.startsWith("arn:") || !role || !trusted(role).includes("ssm.amazonaws.com"))
      throw new AwsError(
        "ValidationException",
        `Nonexistent role or missing ssm service principal in trust policy: arn:${aws.partition}:iam::${aws.account}:role/${iamRole}`,
      );
    const now = aws.now().getTime();
    const expires = expirationDate === undefined ? now + day : Date.parse(expirationDate);
    if (expires <= now || expires > now + 30 * day)
      throw new AwsError(
        "ValidationException",
        `Invalid expiration date: it must be in the future and at most 30 days away.`,
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

export const parameter = kind({
  type: "aws:ssm/parameter:Parameter",
  api: ["SSM", "Parameter"],
  operations: { create: "PutParameter", update: "PutParameter" },
  autoName: { property: "name", maxLength: 2048 },
  secrets: ["value"],
  inputs: z.strictObject({
    name: z.string(),
    type: oneOf(["String", "StringList", "SecureString"]),
    value: z.string().optional(),
    insecureValue: z.string().optional(),
    description: z.string().optional(),
    keyId: z.string().optional(),
    tier: oneOf(["Standard", "Advanced", "Intelligent-Tiering"]).optional(),
    overwrite: z.boolean().optional(),
    dataType: z.string().optional(),
    allowedPattern: z.string().optional(),
    tags,
    region,
  }),
  replaces: ["name", "region"],
  create: (aws, { name, type, value, insecureValue, overwrite }) => {
    if (aws.runtime.parameters[name] && !overwrite)
      throw new AwsError(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
      );
    const lastModified = aws.now().toISOString();
    aws.runtime.parameters[name] = {
      name,
      type,
      value: value ?? insecureValue ?? "",
      version: 1,
      lastModified,
    };
    return {
      id: name,
      outputs: { arn: aws.arn("ssm", `parameter${name.startsWith("/") ? "" : "/"}${name}`), version: 1 },
    };
  },
  update: (aws, r, { name, type, value, insecureValue }) => {
    const version = (aws.runtime.parameters[name]?.version ?? 0) + 1;
    const lastModified = aws.now().toISOString();
    aws.runtime.parameters[name] = { name, type, value: value ?? insecureValue ?? "", version, lastModified };
    return { ...r.outputs, version };
  },
  delete: (aws, { id }) => {
    delete aws.runtime.parameters[id];
  },
});
