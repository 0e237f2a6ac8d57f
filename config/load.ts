import * as pulumi from "@pulumi/pulumi";
import { stackNameProblems } from "../limits/cluster.ts";
import type { Problem } from "../limits/problem.ts";
import { InvalidInput } from "./errors.ts";
import { secretValue, setting } from "./issues.ts";
import { check } from "./parse.ts";
import type { HybridConfig } from "./schema.ts";
import { isSecret, type Path } from "./schema-path.ts";

/**
 * Returns the configuration of the running stack. It is the one reader of `pulumi.Config`.
 *
 * @throws InvalidInput when there are problems: all of them at once, without what is encrypted or should be
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
    ...stackNameProblems(pulumi.getProject(), pulumi.getStack()),
    ...(region === undefined ? [noRegion] : []),
    ...problems,
    ...settings.flatMap(([key, value]) => (isEncrypted(key) ? [] : [...plainSecrets([key], value, raw)])),
  ];
  if (!config || region === undefined || found.length > 0) {
    throw new InvalidInput(found.map((one) => (isEncrypted(topLevel(one)) ? withoutValue(one) : one)));
  }
  return { ...config, region };
}

/** Part of Pulumi's SDK, but missing in its typings. True also if only a part of the value is encrypted. */
const runtime = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

const noRegion: Problem = {
  field: "aws:region",
  value: "(missing)",
  rule: "must be the AWS Region of the stack",
  remedy: "run `pulumi config set aws:region us-east-1`, with the Region nearest to your site",
};

/** Pulumi hands structured values over as JSON text. The schema refuses everything else. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Finds secrets that are in plain text in the stack file. */
function* plainSecrets(path: Path, value: unknown, raw: unknown): Generator<Problem> {
  if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* plainSecrets([...path, key], inner, raw);
  } else if (isSecret(path, raw)) {
    yield {
      field: path.join("."),
      value: secretValue(value),
      rule: "must be encrypted: anybody who reads the stack file can read it",
      remedy: `run \`${setting(path, raw)}\`, with a new secret if others have read this one`,
    };
  }
}

const topLevel = ({ field }: Problem) => field.split(".")[0] ?? "";

const withoutValue = (problem: Problem): Problem =>
  problem.value.startsWith("(") ? problem : { ...problem, value: "(secret)" };
