/** AWS's own buckets that nodes, and whatever else is in the VPC, read by an S3 endpoint. */

/**
 * Returns the buckets that the Systems Manager agent reads when it updates itself, patches and distributes packages; a `*` stands for the letters
 * that AWS appends, in other Regions other ones. By an endpoint, AWS wants the permission in the node's role, too.
 *
 * Sources: https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html#ssm-agent-minimum-s3-permissions,
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-operations-s3-buckets.html
 */
export function systemsManagerBuckets(region: string): readonly string[] {
  return [
    `amazon-ssm-${region}`,
    `amazon-ssm-packages-${region}`,
    `aws-ssm-${region}`,
    `aws-ssm-distributor-file-${region}`,
    `aws-ssm-document-attachments-${region}`,
    `aws-patch-manager-${region}-*`,
    `patch-baseline-snapshot-${region}`,
    `patch-baseline-snapshot-${region}-*`,
    `${region}-birdwatcher-prod`,
  ];
}

/**
 * Returns these buckets, and those that are read without credentials, or with ECR's: layers of images, the ECS agent, and
 * Amazon Linux's packages.
 *
 * Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms,
 * https://docs.aws.amazon.com/linux/al2023/ug/managing-repos-os-updates.html
 */
export function bucketsOfAws(region: string): readonly string[] {
  return [
    `prod-${region}-starport-layer-bucket`,
    `amazon-ecs-agent-${region}`,
    `al2023-repos-${region}-de612dc2`,
    ...systemsManagerBuckets(region),
  ];
}
