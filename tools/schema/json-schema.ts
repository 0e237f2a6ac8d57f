/** The JSON Schema of a stack file, from which editors complete and check `Pulumi.*.yaml`. */
import { z } from "zod";
import { hybridConfig } from "../../config/schema.ts";
import { defined, mapValues } from "../../records.ts";

/** The part of JSON Schema that zod writes for our schema. */
export interface JsonSchema {
  [keyword: string]: unknown;
  type?: string | string[];
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  format?: string;
  pattern?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema | JsonSchema[];
  additionalProperties?: JsonSchema | boolean;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  /** `{}`: no value at all. */
  not?: JsonSchema;
  /** Our own mark: the key whose presence chooses the second of two forms. */
  presenceOf?: string;
  /** Our own mark: the value must be encrypted. */
  secret?: boolean;
}

/** Returns the schema of the settings under the project's namespace. YAML language servers understand draft 7 best. */
export function settingsSchema(): JsonSchema {
  return z.toJSONSchema(hybridConfig, {
    io: "input",
    target: "draft-7",
    override: ({ jsonSchema }) => tidy(jsonSchema as JsonSchema),
  }) as JsonSchema;
}

/**
 * Removes the range that zod takes from the number type, and a format that no editor knows. Two forms of which a key's
 * presence chooses one exclude each other.
 */
function tidy(schema: JsonSchema): void {
  if (schema.presenceOf !== undefined && schema.anyOf) {
    schema.oneOf = schema.anyOf;
    delete schema.anyOf;
  }
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.format === "cidrv4") delete schema.format;
  if (schema.exclusiveMinimum === 0 && schema.type === "integer") {
    delete schema.exclusiveMinimum;
    schema.minimum = 1;
  }
}

/**
 * Returns the schema of a whole stack file.
 *
 * @param project the project's name: the namespace of the settings
 */
export function stackFileSchema(project: string): JsonSchema {
  const settings = settingsSchema();
  const names = Object.keys(settings.properties ?? {});
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: `Stack file of ${project}`,
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: {
          "aws:region": { type: "string", description: "The AWS Region, such as us-east-1." },
          ...Object.fromEntries(
            Object.entries(settings.properties ?? {}).map(([name, schema]) => [
              `${project}:${name}`,
              encryptable(schema),
            ]),
          ),
        },
        // Keys of other namespaces are allowed, but a misspelt key of our own is a mistake.
        patternProperties: { [`^${project}:(?!(${names.join("|")})$)`]: false },
        required: ["aws:region", ...(settings.required ?? []).map((name) => `${project}:${name}`)],
      },
    },
    required: ["config"],
  };
}

/** Allows for a secret what `pulumi config set --secret` writes into the file: `secure: v1:…`. */
function encryptable(schema: JsonSchema): JsonSchema {
  const { secret, presenceOf: _, ...plain } = schema;
  const inner: JsonSchema = { ...plain };
  if (plain.properties) inner.properties = mapValues(plain.properties, encryptable);
  if (typeof plain.additionalProperties === "object")
    inner.additionalProperties = encryptable(plain.additionalProperties);
  if (secret !== true || plain.properties) return inner;
  const { description, ...value } = inner;
  return {
    ...defined({ description }),
    anyOf: [
      {
        type: "object",
        properties: { secure: { type: "string" } },
        required: ["secure"],
        additionalProperties: false,
      },
      value,
    ],
  };
}
