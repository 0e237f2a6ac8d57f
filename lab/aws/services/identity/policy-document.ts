/** IAM: policy documents, and IAM's rules for them. User guide: "IAM JSON policy elements reference". */
import { z } from "zod";
import { AwsError, documented, type Provenance, reported } from "../../errors.ts";
import { parsedJson } from "../../values.ts";

const list = <T extends z.ZodType>(one: T) =>
  z.union([one, z.array(one)]).transform((v) => (Array.isArray(v) ? v : [v]));
const statements = z.object({
  Version: z.enum(["2012-10-17", "2008-10-17"]).optional(),
  Statement: list(
    z.object({
      Effect: z.enum(["Allow", "Deny"]),
      Action: list(z.string()).optional(),
      NotAction: list(z.string()).optional(),
      Resource: list(z.string()).optional(),
      NotResource: list(z.string()).optional(),
      Principal: z.union([z.literal("*"), z.record(z.string(), list(z.string()))]).optional(),
    }),
  ),
});

const malformed = (sentence: string, provenance: Provenance) =>
  new AwsError("MalformedPolicyDocument", sentence, provenance);

/** The characters of a policy, as IAM's service model has them. */
const documentText = /^[\t\n\r\u0020-\u00ff]*$/;

export function statementsOf(document: string) {
  if (!documentText.test(document))
    throw new AwsError(
      "ValidationError",
      "The specified value for policyDocument is invalid. It must contain only printable ASCII characters.",
      documented("IAM API, PutRolePolicy: PolicyDocument"),
    );
  const json = parsedJson(document);
  if (json === undefined)
    throw malformed(
      "This policy contains invalid Json",
      documented("IAM API, CreateRole, errors: MalformedPolicyDocument"),
    );
  const parsed = statements.safeParse(json);
  if (!parsed.success)
    throw malformed(
      "Syntax errors in policy.",
      documented("IAM API, CreateRole, errors: MalformedPolicyDocument"),
    );
  return parsed.data.Statement;
}

/** Rejects a trust policy that IAM rejects. */
export function checkTrust(document: string): void {
  for (const s of statementsOf(document)) {
    if (s.Principal === undefined)
      throw malformed(
        "AssumeRole policy must contain resources or principals",
        documented("IAM API, CreateRole, errors: MalformedPolicyDocument"),
      );
    if (s.Resource ?? s.NotResource)
      throw malformed("Has prohibited field Resource", reported("kubernetes-sigs/external-dns#3085"));
    if (!s.Action?.every((a) => /^sts:/.test(a)))
      throw malformed(
        "AssumeRole policy may only specify STS AssumeRole actions.",
        documented("IAM API, CreateRole, errors: MalformedPolicyDocument"),
      );
    const services = typeof s.Principal === "object" ? (s.Principal.Service ?? []) : [];
    const unknown = services.find((name) => !/^[a-z0-9.-]+\.amazonaws\.com$/.test(name));
    if (unknown !== undefined)
      throw malformed(
        `Invalid principal in policy: "SERVICE":"${unknown}"`,
        documented("IAM API, CreateRole, errors: MalformedPolicyDocument"),
      );
  }
}

/** Rejects a permissions policy that IAM rejects. */
export function checkPermissions(document: string): void {
  for (const s of statementsOf(document)) {
    if (s.Principal !== undefined)
      throw malformed(
        "Policy document should not specify a principal.",
        reported("hashicorp/terraform#13449"),
      );
    if (!s.Action && !s.NotAction)
      throw malformed(
        "Policy statement must contain actions.",
        documented("IAM API, PutRolePolicy, errors: MalformedPolicyDocument"),
      );
    if (!s.Resource && !s.NotResource)
      throw malformed(
        "Policy statement must contain resources.",
        reported("terraform-aws-modules/terraform-aws-iam#364"),
      );
    const nameless = s.Action?.find((a) => a !== "*" && !/^[A-Za-z0-9-]+:[A-Za-z*?]/.test(a));
    if (nameless !== undefined)
      throw malformed(
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        documented("IAM API, PutRolePolicy, errors: MalformedPolicyDocument"),
      );
    const bad = s.Resource?.find((r) => r !== "*" && !/^arn:/.test(r));
    if (bad !== undefined)
      throw malformed(
        `Resource ${bad} must be in ARN format or "*".`,
        reported("trussworks/terraform-aws-s3-anti-virus#21"),
      );
  }
}
