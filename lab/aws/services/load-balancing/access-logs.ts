/** Elastic Load Balancing v2: access logs. API reference: ModifyLoadBalancerAttributes; user guides, "Enable access logs". */
import type { Account } from "../../account.ts";
import { AwsError, documented, reported } from "../../errors.ts";
import { serviceMay } from "../storage/bucket.ts";

interface Logged {
  readonly loadBalancerType: "network" | "application";
  readonly accessLogs?:
    | { readonly enabled: boolean; readonly bucket: string; readonly prefix?: string | undefined }
    | undefined;
}

/** Refuses access logs for a bucket that does not let the service write there. */
export function checkAccessLogs(aws: Account, { loadBalancerType, accessLogs }: Logged): void {
  if (!accessLogs?.enabled) return;
  const { bucket, prefix } = accessLogs;
  if (prefix?.includes("AWSLogs"))
    throw new AwsError(
      "InvalidConfigurationRequest",
      "The prefix must not contain AWSLogs",
      documented("Elastic Load Balancing user guide, Application Load Balancers: Enable access logs"),
    );
  const key = `${prefix === undefined ? "" : `${prefix}/`}AWSLogs/${aws.account}/`;
  const may =
    loadBalancerType === "application"
      ? serviceMay(aws, bucket, {
          service: "logdelivery.elasticloadbalancing.amazonaws.com",
          action: "s3:PutObject",
          key,
        })
      : serviceMay(aws, bucket, { service: "delivery.logs.amazonaws.com", action: "s3:PutObject", key }) &&
        serviceMay(aws, bucket, { service: "delivery.logs.amazonaws.com", action: "s3:GetBucketAcl" });
  if (!may)
    throw new AwsError(
      "InvalidConfigurationRequest",
      `Access Denied for bucket: ${bucket}. Please check S3bucket permission`,
      reported("kubernetes-sigs/aws-load-balancer-controller#1956"),
    );
}
