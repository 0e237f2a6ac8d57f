import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity.js";
import { getPartitionOutput } from "@pulumi/aws/getPartition.js";
import { getRegionOutput } from "@pulumi/aws/getRegion.js";
import * as pulumi from "@pulumi/pulumi";

/** Where resources live. */
export interface Location {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: pulumi.Output<string>;
  /** For example `us-east-1`. */
  readonly region: pulumi.Output<string>;
  /** Twelve digits. */
  readonly accountId: pulumi.Output<string>;
  /** Of its names: `amazonaws.com`, in China `amazonaws.com.cn`. */
  readonly dnsSuffix: pulumi.Output<string>;
}

/** Asks the AWS provider of a component where it creates things. */
export function providerLocation(parent: pulumi.Resource): Location {
  const { partition, dnsSuffix } = getPartitionOutput({}, { parent });
  return {
    partition,
    dnsSuffix,
    region: getRegionOutput({}, { parent }).region,
    accountId: getCallerIdentityOutput({}, { parent }).accountId,
  };
}

/** What an ARN says of where its resource lives. */
export type ArnLocation = Omit<Location, "dnsSuffix">;

/**
 * Reads the location out of an ARN, which costs no call.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function arnLocation(arn: pulumi.Input<string>): ArnLocation {
  const part = (index: number) => pulumi.output(arn).apply((text) => text.split(":")[index] ?? "");
  return { partition: part(1), region: part(3), accountId: part(4) };
}
