import * as pulumi from "@pulumi/pulumi";
import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { InvalidInput, type Problem } from "./errors.ts";
import { problemsOf } from "./rules.ts";
import { type HybridConfig, hybridConfig } from "./schema.ts";

/** The configuration of the stack that is being run: the one reader of `pulumi.Config`. */
export function load(): HybridConfig & { readonly region: string } {
  const namespace = `${pulumi.getProject()}:`;
  const raw = Object.entries(pulumi.runtime.allConfig()).flatMap(([key, value]) =>
    key.startsWith(namespace)
      ? [[key.slice(namespace.length), json(key.slice(namespace.length), value)]]
      : [],
  );
  const region = new pulumi.Config("aws").get("region");
  if (region === undefined) {
    throw new InvalidInput([
      {
        field: "aws:region",
        value: "(missing)",
        rule: "must be the AWS Region that the stack is made in",
        remedy: "run `pulumi config set aws:region us-east-1`, with the Region next to your site",
      },
    ]);
  }
  return { ...parse(Object.fromEntries(raw), region), region };
}

/**
 * Checks a stack's configuration and fills in the defaults.
 *
 * @param raw one value for each top-level key of the schema
 * @throws InvalidInput with every problem found; secrets are never in its text
 */
export function parse(raw: unknown, region: string): HybridConfig {
  const { success, data, error } = hybridConfig.safeParse(raw, { reportInput: true });
  if (!success) {
    throw new InvalidInput(error.issues.flatMap((issue) => problemsOfIssue(issue)));
  }
  const problems = problemsOf(data, region);
  if (problems.length > 0) {
    throw new InvalidInput(problems);
  }
  return data;
}

/** Pulumi hands structured values over as JSON text. */
function json(field: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInput([
      {
        field,
        value: isSecret([field]) ? "(secret)" : text,
        rule: "every setting is a mapping",
        remedy: `set its fields, such as \`pulumi config set --path ${pulumi.getProject()}:${field}.KEY VALUE\``,
      },
    ]);
  }
}

function problemsOfIssue(issue: z.core.$ZodIssue): Problem[] {
  const field = issue.path.join(".");
  const value = shown(issue);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => {
        const known = knownKeys(issue.path);
        return {
          field: [...issue.path, key].join("."),
          value: "(unknown key)",
          rule: `known here: ${known.join(", ")}`,
          remedy: known.length > 0 ? `did you mean ${closest(key, known)}?` : "remove it",
        };
      });
    case "invalid_type":
      return [
        {
          field,
          value,
          rule: issue.input === undefined ? "must be given" : `must be ${article(issue.expected)}`,
          remedy: descriptionOf(issue.path) ?? `give ${article(issue.expected)}`,
        },
      ];
    case "invalid_value":
      return [
        { field, value, rule: `must be one of ${issue.values.join(", ")}`, remedy: "choose one of them" },
      ];
    case "invalid_union": {
      // Of a discriminated union, the input is the whole object and the path ends in the discriminator.
      const options =
        "options" in issue && Array.isArray(issue.options) ? issue.options.join(", ") : undefined;
      const chosen = z.record(z.string(), z.unknown()).safeParse(issue.input).data?.[
        String(issue.path.at(-1))
      ];
      return [
        {
          field,
          value: options && chosen !== undefined ? String(chosen) : value,
          rule: options ? `must be one of ${options}` : "has no such form",
          remedy: descriptionOf(issue.path) ?? "see docs/reference.md",
        },
      ];
    }
    case "invalid_key":
    case "invalid_element":
      return issue.issues.flatMap((inner) => problemsOfIssue({ ...inner, path: issue.path }));
    case "too_small":
    case "too_big": {
      const bound = issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      return [
        {
          field,
          value,
          rule: `must be ${bound}`,
          remedy: descriptionOf(issue.path) ?? "choose another value",
        },
      ];
    }
    default: {
      // The schema's own messages read "rule; remedy" or name an example, which is the remedy.
      const [rule = issue.message, remedy = descriptionOf(issue.path) ?? "correct it"] =
        issue.message.split("; ");
      return [{ field, value, rule, remedy }];
    }
  }
}

const article = (type: string) =>
  `${/^[aeio]/.test(type) ? "an" : "a"} ${type === "int" ? "whole number" : type}`;

function shown(issue: z.core.$ZodIssue): string {
  if (issue.input === undefined) {
    return "(missing)";
  }
  if (isSecret(issue.path)) {
    return typeof issue.input === "string" ? `(secret, ${issue.input.length} characters)` : "(secret)";
  }
  return typeof issue.input === "string" ? issue.input : JSON.stringify(issue.input);
}

/** The schemas from the root down to a path; a wrapper such as a default is seen through. */
function* schemasAlong(path: readonly PropertyKey[]): Generator<z.core.$ZodType> {
  let schema: z.core.$ZodType | undefined = hybridConfig;
  for (const key of [...path, undefined]) {
    while (schema && "innerType" in schema._zod.def) {
      yield schema;
      schema = schema._zod.def.innerType as z.core.$ZodType;
    }
    if (!schema) {
      return;
    }
    yield schema;
    if (schema instanceof z.ZodObject) {
      schema = schema.shape[String(key)];
    } else if (schema instanceof z.ZodRecord) {
      schema = schema.valueType;
    } else if (schema instanceof z.ZodArray) {
      schema = schema.element;
    } else {
      schema = undefined;
    }
  }
}

const isSecret = (path: readonly PropertyKey[]) =>
  [...schemasAlong(path)].some((schema) => z.globalRegistry.get(schema)?.secret === true);

const leaf = (path: readonly PropertyKey[]) => [...schemasAlong(path)].at(-1);

function knownKeys(path: readonly PropertyKey[]): string[] {
  const schema = leaf(path);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function descriptionOf(path: readonly PropertyKey[]): string | undefined {
  return [...schemasAlong(path)]
    .map((schema) => z.globalRegistry.get(schema)?.description)
    .findLast(Boolean)
    ?.replace(/\.$/, "");
}
