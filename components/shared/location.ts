import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity.js";
import { getPartitionOutput } from "@pulumi/aws/getPartition.js";
import { getRegionOutput } from "@pulumi/aws/getRegion.js";
import * as pulumi from "@pulumi/pulumi";

/** The place of resources in AWS. */
export interface Location {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: pulumi.Output<string>;
  /** For example `us-east-1`. */
  readonly region: pulumi.Output<string>;
  /** Twelve digits. */
  readonly accountId: pulumi.Output<string>;
  /** The domain of AWS's names: `amazonaws.com`, in China `amazonaws.com.cn`. */
  readonly dnsSuffix: pulumi.Output<string>;
}

/** Returns the place where the AWS provider of a component creates resources. */
export function providerLocation(parent: pulumi.Resource): Location {
  const { partition, dnsSuffix } = getPartitionOutput({}, { parent });
  return {
    partition,
    dnsSuffix,
    region: getRegionOutput({}, { parent }).region,
    accountId: getCallerIdentityOutput({}, { parent }).accountId,
  };
}

/** The parts of a location that an ARN has. */
export type ArnLocation = Omit<Location, "dnsSuffix">;

/**
 * Returns the location in an ARN, without a call.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function arnLocation(arn: pulumi.Input<string>): ArnLocation {
  const part = (index: number) => pulumi.output(arn).apply((text) => text.split(":")[index] ?? "");
  return { partition: part(1), region: part(3), accountId: part(4) };
}
