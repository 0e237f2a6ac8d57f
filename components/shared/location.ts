import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity.js";
import { getPartitionOutput } from "@pulumi/aws/getPartition.js";
import { getRegionOutput } from "@pulumi/aws/getRegion.js";
import * as pulumi from "@pulumi/pulumi";

/** Where resources live: what an ARN says of it. */
export interface Location {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: pulumi.Output<string>;
  /** For example `us-east-1`. */
  readonly region: pulumi.Output<string>;
  /** Twelve digits. */
  readonly accountId: pulumi.Output<string>;
}

/** Asks the AWS provider of a component where it creates things. */
export function providerLocation(parent: pulumi.Resource): Location {
  return {
    partition: getPartitionOutput({}, { parent }).partition,
    region: getRegionOutput({}, { parent }).region,
    accountId: getCallerIdentityOutput({}, { parent }).accountId,
  };
}

/**
 * Reads the location out of an ARN, which costs no call.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function arnLocation(arn: pulumi.Input<string>): Location {
  const part = (index: number) => pulumi.output(arn).apply((text) => text.split(":")[index] ?? "");
  return { partition: part(1), region: part(3), accountId: part(4) };
}
