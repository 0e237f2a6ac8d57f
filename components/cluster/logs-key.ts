import { Key } from "@pulumi/aws/kms/key.js";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../shared/location.ts";
import { clusterLogGroup, insightsLogGroup } from "../shared/logs.ts";
import { tags } from "../shared/tags.ts";

/** Creates the key that encrypts a cluster's sessions of ECS Exec and its log groups. */
export function logsKey(name: string, clusterName: string, location: Location, parent: pulumi.Resource): Key {
  return new Key(
    name,
    {
      description: `ECS Exec sessions and logs of ${clusterName}`,
      enableKeyRotation: true,
      policy: keyPolicy(clusterName, location),
      tags: tags(name),
    },
    { parent },
  );
}

/**
 * Lets the account's own administrators use the key, by IAM, and CloudWatch Logs for the log groups of the cluster.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
function keyPolicy(
  clusterName: string,
  { partition, region, accountId, dnsSuffix }: Location,
): pulumi.Output<string> {
  const groups = [clusterLogGroup(clusterName, "*"), insightsLogGroup(clusterName)].map(
    (group) => pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:${group}`,
  );
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: pulumi.interpolate`arn:${partition}:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Effect: "Allow",
        Principal: { Service: pulumi.interpolate`logs.${region}.${dnsSuffix}` },
        Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        Resource: "*",
        Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": groups } },
      },
    ],
  });
}
