/** The form of ARNs: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
import { type Problem, problemIf } from "./problem.ts";

/** The parts of an ARN. Region and account are empty where the service has none. */
export interface Arn {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** For example `secretsmanager`. */
  readonly service: string;
  readonly region: string;
  /** Twelve digits; `aws` for what AWS itself manages. */
  readonly account: string;
  /** Everything behind the account, such as `parameter/hits/token`. */
  readonly resource: string;
}

/** Returns the parts of an ARN; undefined for any other text. */
export function parseArn(text: string): Arn | undefined {
  const form = /^arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):(\d{12}|aws|):(.+)$/;
  const [, partition, service, region = "", account = "", resource] = form.exec(text) ?? [];
  return partition && service && resource ? { partition, service, region, account, resource } : undefined;
}

/** Why a text is not the ARN of a key of KMS. IAM takes the ARN of a key only, not of its alias. */
export function keyArnProblems(field: string, text: string): readonly Problem[] {
  const arn = parseArn(text);
  const isKey =
    arn?.service === "kms" && arn.region !== "" && arn.account !== "" && /^key\/[\w-]+$/.test(arn.resource);
  return problemIf(!isKey, {
    field,
    value: text,
    rule: "must be the ARN of a KMS key, not of an alias: arn:aws:kms:REGION:ACCOUNT:key/ID",
    remedy: "run `aws kms describe-key --key-id KEY --query KeyMetadata.Arn`, which prints it",
  });
}
