/** What rows of config/changes name besides a VPC, as its owner made it, outside of any stack: clusters, a key, secrets. */
import type { Aws, AwsState } from "../aws/aws.ts";

/** As in config/changes/cluster.ts: AWS would choose another. */
const keyId = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

const keyPolicy = ({ account, region }: Aws) => ({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*", Resource: "*" },
    {
      Effect: "Allow",
      Principal: { Service: `logs.${region}.amazonaws.com` },
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: "*",
    },
  ],
});

export function createExistingClusters(aws: Aws): void {
  for (const name of ["shared", "other"]) aws.create("aws:ecs/cluster:Cluster", { name });
  const { id } = aws.create("aws:kms/key:Key", { policy: JSON.stringify(keyPolicy(aws)) });
  aws.restore(JSON.parse(JSON.stringify(aws).replaceAll(id, keyId)) as AwsState);
}
