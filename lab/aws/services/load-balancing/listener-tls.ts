/** Elastic Load Balancing v2: what a listener with TLS needs. API reference: CreateListener. */
import type { Account } from "../../account.ts";
import { AwsError, documented, reported } from "../../errors.ts";
import { need } from "../shared/lookups.ts";
import { certificate } from "./certificate.ts";

interface Tls {
  readonly protocol: string;
  readonly sslPolicy?: string | undefined;
  readonly certificateArn?: string | undefined;
}

/** Policies that AWS has now begin with this. */
const policyName = /^ELBSecurityPolicy-/;

/** Refuses TLS without a certificate of this Region, and what belongs to TLS on a listener without it. */
export function checkTls(aws: Account, { protocol, sslPolicy, certificateArn }: Tls): void {
  if (protocol !== "HTTPS" && protocol !== "TLS") {
    if (sslPolicy !== undefined)
      // The misspelling is in the answer.
      throw new AwsError(
        "ValidationError",
        `An SSL policy cannot be specifed for ${protocol} listeners`,
        reported("hashicorp/terraform-provider-aws#7367"),
      );
    return;
  }
  if (certificateArn === undefined)
    throw new AwsError(
      "ValidationError",
      `A certificate must be specified for ${protocol} listeners`,
      reported("hashicorp/terraform-provider-aws#33573"),
    );
  // Another Region's are unknown to it, too.
  need(
    aws,
    certificate,
    certificateArn,
    new AwsError(
      "CertificateNotFound",
      `Certificate '${certificateArn}' not found`,
      reported("hashicorp/terraform-provider-aws#11334"),
    ),
  );
  if (sslPolicy !== undefined && !policyName.test(sslPolicy))
    throw new AwsError(
      "SSLPolicyNotFound",
      `SSL policy '${sslPolicy}' not found`,
      documented("Elastic Load Balancing API, CreateListener, errors: SSLPolicyNotFound"),
    );
}
