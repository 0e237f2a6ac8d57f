/** The secrets that ECS takes for a container's environment. */
import { parseArn } from "../arn.ts";
import { type Problem, problemIf } from "../problem.ts";

/** The part of a secret in Secrets Manager that a container gets: by the label of a version or by its id, not by both. */
export interface SecretPart {
  readonly jsonKey?: string | undefined;
  readonly versionStage?: string | undefined;
  readonly versionId?: string | undefined;
}

/**
 * Why ECS would not take a text for a secret: the name or the ARN of an SSM parameter, or the ARN of a secret in Secrets
 * Manager.
 *
 * Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 */
export function secretProblems(field: string, text: string): readonly Problem[] {
  if (!text.startsWith("arn:")) return parameterProblems(field, text);
  const arn = parseArn(text);
  if (arn?.service === "secretsmanager") return wholeSecretProblems(field, text, arn.resource);
  const isParameter =
    arn?.service === "ssm" &&
    arn.region !== "" &&
    arn.account !== "" &&
    /^parameter(\/[A-Za-z0-9_.-]+)+$/.test(arn.resource);
  return problemIf(!isParameter, {
    field,
    value: text,
    rule: "must be the ARN of an SSM parameter, or of a secret in Secrets Manager",
    remedy: "write for example arn:aws:ssm:us-east-1:123456789012:parameter/hits/token",
  });
}

const alone = "must be the ARN of a secret alone, without a key or a version behind it";

/** @param resource of the ARN; behind the name ECS has `:KEY:STAGE:ID`, of which each may be empty */
function wholeSecretProblems(field: string, text: string, resource: string): readonly Problem[] {
  const [, name, ...parts] = resource.split(":");
  const fields = ["jsonKey", "versionStage", "versionId"].flatMap((part, i) =>
    parts[i] ? [`${part}: ${parts[i]}`] : [],
  );
  return secretArnProblems(field, text).map((problem) =>
    problem.rule === alone && fields.length > 0
      ? { ...problem, remedy: `write {${[`secretArn: "arn:…:secret:${name}"`, ...fields].join(", ")}}` }
      : problem,
  );
}

function parameterProblems(field: string, parameter: string): readonly Problem[] {
  return problemIf(!/^(\/[A-Za-z0-9_.-]+)+$/.test(parameter), {
    field,
    value: parameter,
    rule: "must be the full name of an SSM parameter: parts of A-Z a-z 0-9 _ . - with a / before each",
    remedy: "write for example /hits/token",
  });
}

/**
 * Why a text is not the whole ARN of a secret. A policy with a shorter ARN allows nothing.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
 */
export function secretArnProblems(field: string, text: string): readonly Problem[] {
  const arn = parseArn(text);
  const [type, name = "", ...rest] = arn?.resource.split(":") ?? [];
  const isSecret =
    arn?.service === "secretsmanager" && arn.region !== "" && arn.account !== "" && type === "secret";
  if (isSecret && rest.length > 0)
    return [{ field, value: text, rule: alone, remedy: `remove :${rest.join(":")}` }];
  return problemIf(!isSecret || !/^[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$/.test(name), {
    field,
    value: text,
    rule: "must be the whole ARN of a secret in Secrets Manager, with the six characters that AWS put behind its name",
    remedy: "run `aws secretsmanager describe-secret --secret-id NAME --query ARN`, which prints it",
  });
}

/** Why ECS would not take the name of a part of a secret: it separates the parts by colons. */
export function partNameProblems(field: string, name: string): readonly Problem[] {
  return problemIf(!/^[^:]+$/.test(name), {
    field,
    value: name,
    rule: "must not be empty, or have a colon: ECS separates the parts of a secret by colons",
    remedy: "rename it in Secrets Manager",
  });
}

/** Why ECS would not take a version of a secret. */
export function versionProblems(field: string, { versionStage, versionId }: SecretPart): readonly Problem[] {
  return problemIf(versionStage !== undefined && versionId !== undefined, {
    field,
    value: `${versionStage}, ${versionId}`,
    rule: "must not have both versionStage and versionId: ECS takes one of them",
    remedy: "remove one of them",
  });
}

/** Why ECS would not take the environment variables of a container: it takes each name once. */
export function variablesProblems(
  field: string,
  environment: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, unknown>>,
): readonly Problem[] {
  return Object.keys(secrets)
    .filter((variable) => Object.hasOwn(environment, variable))
    .map((variable) => ({
      field: `${field}.secrets`,
      value: variable,
      rule: "must not be in `environment`, too: ECS takes each name of a variable once",
      remedy: "remove it from one of them",
    }));
}

/** Returns what ECS calls a secret: its ARN, and behind it a part of it. */
export function valueFrom(secretArn: string, part: SecretPart): string {
  const { jsonKey = "", versionStage = "", versionId = "" } = part;
  const behind = [jsonKey, versionStage, versionId];
  return behind.every((one) => one === "") ? secretArn : [secretArn, ...behind].join(":");
}
