/** Systems Manager: parameters. API reference: PutParameter. */
import { z } from "zod";
import { AwsError, documented } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { keyValue, retagged } from "../../requests/tags.ts";

const inputs = z.strictObject({
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
});

const written = (given: z.output<typeof inputs>) => ({
  Name: given.name,
  Type: given.type,
  Value: given.value ?? given.insecureValue,
  Description: given.description,
  KeyId: given.keyId,
  Tier: given.tier,
  Overwrite: given.overwrite,
  DataType: given.dataType,
  AllowedPattern: given.allowedPattern,
});

export const parameter = kind({
  type: "aws:ssm/parameter:Parameter",
  api: ["SSM", "Parameter"],
  operations: { create: "PutParameter", update: "PutParameter" },
  autoName: { property: "name", maxLength: 2048 },
  secrets: ["value"],
  inputs,
  replaces: ["name", "dataType", "region"],
  alsoReplaces: ({ tier: before }, { tier: after }) =>
    before === "Advanced" && after === "Standard" ? ["tier"] : [],
  requests: {
    create: { PutParameter: (given) => ({ ...written(given), Tags: keyValue(given.tags) }) },
    read: {
      GetParameter: ({ name }) => ({ Name: name, WithDecryption: true }),
      DescribeParameters: ({ name }) => ({
        ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [name] }],
      }),
      ListTagsForResource: ({ name }) => ({ ResourceType: "Parameter", ResourceId: name }),
    },
    update: {
      PutParameter: (given) => ({ ...written(given), Overwrite: true }),
      ...retagged.ssmParameter,
    },
    delete: { DeleteParameter: ({ name }) => ({ Name: name }) },
  },
  create: (aws, { name, type, value, insecureValue, overwrite }) => {
    if (aws.runtime.parameters[name] && !overwrite)
      throw new AwsError(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        documented("AWS Systems Manager API, PutParameter, errors: ParameterAlreadyExists"),
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
