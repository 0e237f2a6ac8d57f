/** What IAM takes of the permissions of a service's containers. */
import { parseArn } from "../arn.ts";
import { type Problem, problemIf } from "../problem.ts";

/** One permission, in IAM's words, whose effect is Allow. */
export interface Statement<Value> {
  /** Such as `s3:GetObject` or `sqs:*`. */
  readonly actions: readonly string[];
  /** ARNs, or `*` where an action takes no ARN. */
  readonly resources: readonly Value[];
  /** Operator → key → values, such as `{StringEquals: {"aws:RequestedRegion": [us-east-1]}}`. */
  readonly condition: Readonly<Record<string, Readonly<Record<string, readonly Value[]>>>>;
}

/** Why IAM would not attach a policy to a role. */
export function policyArnProblems(field: string, text: string): readonly Problem[] {
  const arn = parseArn(text);
  const isPolicy =
    arn?.service === "iam" && arn.account !== "" && /^policy\/[\w+=,.@/-]+$/.test(arn.resource);
  return problemIf(!isPolicy, {
    field,
    value: text,
    rule: "must be the ARN of a managed policy of IAM",
    remedy:
      "write for example arn:aws:iam::123456789012:policy/read-photos, or arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
  });
}

/** Why IAM would not take an action. */
export function actionProblems(field: string, action: string): readonly Problem[] {
  return problemIf(!/^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/.test(action), {
    field,
    value: action,
    rule: "must be an action of IAM: a service and an operation, with a colon between them",
    remedy: "write for example s3:GetObject",
  });
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html, "PolicyDocument" */
const documentText = /^[\t\n\r\u0020-\u00ff]*$/;

/** Why IAM would not take a resource. */
export function resourceProblems(field: string, resource: string): readonly Problem[] {
  return [
    ...problemIf(!/^(\*|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+)$/.test(resource), {
      field,
      value: resource,
      rule: "must be an ARN, which may have * and ? in it, or * alone",
      remedy: "write for example arn:aws:s3:::photos/*",
    }),
    ...problemIf(!documentText.test(resource), {
      field,
      value: resource,
      rule: "must have Latin characters only: IAM takes no others in a policy",
      remedy: "put ? in the place of each other character",
    }),
  ];
}

/**
 * Why IAM would not take a condition's operator.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function operatorProblems(field: string, operator: string): readonly Problem[] {
  const of = [
    ...["String(Not)?(Equals|EqualsIgnoreCase|Like)", "Arn(Not)?(Equals|Like)", "(Not)?IpAddress", "Bool"],
    ...["(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)", "BinaryEquals"],
  ];
  const form = new RegExp(`^((ForAllValues:|ForAnyValue:)?(${of.join("|")})(IfExists)?|Null)$`);
  return problemIf(!form.test(operator), {
    field,
    value: operator,
    rule: "must be a condition operator of IAM",
    remedy: "write for example StringEquals or ArnLike",
  });
}
