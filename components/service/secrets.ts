/** The secrets of a container: as ECS names them, and as IAM does. */
import * as pulumi from "@pulumi/pulumi";
import { parseArn } from "../../limits/arn.ts";
import { throwIfAny } from "../../limits/problem.ts";
import {
  partNameProblems,
  type SecretPart,
  secretArnProblems,
  secretProblems,
  valueFrom,
  versionProblems,
} from "../../limits/service/secrets.ts";
import { defined } from "../../records.ts";
import type { ArnLocation } from "../shared/location.ts";
import { validated } from "../shared/validated.ts";

/** A secret in Secrets Manager, or a part of one. */
export interface SecretsManagerSecret extends SecretPart {
  /** The whole ARN, with the six characters behind the secret's name. */
  readonly secretArn: pulumi.Input<string>;
}

/** The name or the ARN of an SSM parameter, or a secret in Secrets Manager, by its ARN or in parts. */
export type ServiceSecret = pulumi.Input<string> | SecretsManagerSecret;

/** A secret that the ECS agent reads for a container. */
export interface SecretReference {
  /** What a container definition calls it. */
  readonly valueFrom: pulumi.Output<string>;
  /** What the agent must be allowed to read. */
  readonly arn: pulumi.Output<string>;
}

/**
 * Returns what ECS and IAM call a secret.
 *
 * @param field path of the secret, for errors
 * @param location where a parameter is that is given by its name
 * @throws RunError when ECS would not take it
 */
export function secretReference(
  field: string,
  secret: ServiceSecret,
  location: ArnLocation,
): SecretReference {
  if (isPart(secret)) {
    const { secretArn, jsonKey, versionStage, versionId } = secret;
    const part = defined({ jsonKey, versionStage, versionId });
    throwIfAny([
      ...Object.entries(part).flatMap(([name, value]) => partNameProblems(`${field}.${name}`, value)),
      ...versionProblems(field, part),
    ]);
    const arn = pulumi.output(
      validated(secretArn, (plain) => throwIfAny(secretArnProblems(`${field}.secretArn`, plain))),
    );
    return { arn, valueFrom: arn.apply((plain) => valueFrom(plain, part)) };
  }
  const given = validated(secret, (plain) => throwIfAny(secretProblems(field, plain)));
  const { partition, region, accountId } = location;
  const arn = pulumi
    .all([given, partition, region, accountId])
    .apply(([text, partition, region, accountId]) =>
      parseArn(text) ? text : `arn:${partition}:ssm:${region}:${accountId}:parameter${text}`,
    );
  return { arn, valueFrom: arn };
}

// An Output is a proxy that seems to have every key.
const isPart = (secret: ServiceSecret): secret is SecretsManagerSecret =>
  typeof secret === "object" &&
  !pulumi.Output.isInstance(secret) &&
  !(secret instanceof Promise) &&
  "secretArn" in secret;
