import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../limits/problem.ts";
import { InvalidInput } from "./errors.ts";
import { secretValue, setting } from "./issues.ts";
import { check } from "./parse.ts";
import type { HybridConfig } from "./schema.ts";
import { isSecret, type Path } from "./schema-path.ts";

/**
 * The configuration of the stack that is being run: the one reader of `pulumi.Config`.
 *
 * @throws InvalidInput with every problem found; nothing that is encrypted, or should be, is ever in its text
 */
export function load(): HybridConfig & { readonly region: string } {
  const namespace = `${pulumi.getProject()}:`;
  const settings = Object.entries(pulumi.runtime.allConfig()).flatMap(([key, text]) =>
    key.startsWith(namespace) ? [[key.slice(namespace.length), json(text)] as const] : [],
  );
  const isEncrypted = (key: string) => runtime.isConfigSecret(`${namespace}${key}`);
  const region = new pulumi.Config("aws").get("region");
  const raw = Object.fromEntries(settings);
  const { config, problems } = check(raw, region);
  const found = [
    ...(region === undefined ? [noRegion] : []),
    ...problems,
    ...settings.flatMap(([key, value]) => (isEncrypted(key) ? [] : [...plainSecrets([key], value, raw)])),
  ];
  if (!config || region === undefined || found.length > 0) {
    throw new InvalidInput(found.map((one) => (isEncrypted(topLevel(one)) ? withoutValue(one) : one)));
  }
  return { ...config, region };
}

/** Part of Pulumi's SDK, but left out of its typings. True also where only something in the value is encrypted. */
const runtime = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

const noRegion: Problem = {
  field: "aws:region",
  value: "(missing)",
  rule: "must be the AWS Region that the stack is made in",
  remedy: "run `pulumi config set aws:region us-east-1`, with the Region next to your site",
};

/** Pulumi hands structured values over as JSON text; whatever else it is, the schema refuses. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Secrets that stand in the stack file for everybody to read. */
function* plainSecrets(path: Path, value: unknown, raw: unknown): Generator<Problem> {
  if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* plainSecrets([...path, key], inner, raw);
  } else if (isSecret(path, raw)) {
    yield {
      field: path.join("."),
      value: secretValue(value),
      rule: "must be encrypted: whoever reads the stack file reads it",
      remedy: `run \`${setting(path, raw)}\`, with a new one if others have read this`,
    };
  }
}

const topLevel = ({ field }: Problem) => field.split(".")[0] ?? "";

const withoutValue = (problem: Problem): Problem =>
  problem.value.startsWith("(") ? problem : { ...problem, value: "(secret)" };
