/**
 * The policies of interface endpoints: they let only what a statement allows pass, for every caller. User guide:
 * vpc/latest/privatelink/vpc-endpoints-access.
 */
import type { IncomingMessage } from "node:http";
import type { Account } from "../account.ts";
import { callerOf } from "../api/call.ts";
import { credentialOf } from "../api/dispatch.ts";
import { tokenIn } from "../api/json/ecr.ts";
import { iamPrefix } from "../api/json-apis.ts";
import { lets } from "../control/policy.ts";
import { AwsError } from "../errors.ts";
import { vpcEndpoint } from "../services/private-connectivity/vpc-endpoint.ts";
import { hostOf } from "./doors.ts";
import { isBucket, isRegistry } from "./hosts.ts";

interface Passing {
  readonly action: string;
  /** An ARN; `*` if the simulation does not know it before it carries out the call. */
  readonly resource: string;
  /** The account that owns the resource; undefined: AWS's own. */
  readonly account: string | undefined;
}

const pulls: Readonly<Record<string, string>> = {
  manifests: "ecr:BatchGetImage",
  blobs: "ecr:GetDownloadUrlForLayer",
};

/** Returns what a request asks of IAM; undefined for one that no policy covers, such as a registry's greeting. */
function passing(aws: Account, request: IncomingMessage): Passing | undefined {
  const host = hostOf(request.headers);
  const path = decodeURIComponent(new URL(request.url ?? "/", "https://localhost").pathname);
  const { account } = aws;
  if (isRegistry(host)) {
    const [, repository = "", what = ""] = /^\/v2\/(.+)\/(manifests|blobs)\//.exec(path) ?? [];
    const action = pulls[what];
    return action === undefined
      ? undefined
      : { action, resource: aws.arn("ecr", `repository/${repository}`), account };
  }
  if (isBucket(host)) {
    // As bucket.s3.REGION…/key, or as s3.REGION…/bucket/key.
    const [, bucket] = /^(.+)\.s3[.-]/.exec(host) ?? [];
    const object = bucket === undefined ? path.slice(1) : bucket + path;
    return { action: "s3:GetObject", resource: `arn:${aws.partition}:s3:::${object}`, account: undefined };
  }
  if (path === "/lab/poll") return { action: "ecs:Poll", resource: "*", account };
  const [service = "", operation = ""] = String(request.headers["x-amz-target"] ?? "").split(".");
  const prefix = iamPrefix(service);
  return prefix === undefined ? undefined : { action: `${prefix}:${operation}`, resource: "*", account };
}

/** Returns the caller's account; undefined for an anonymous caller, such as a machine without a role. */
function principalAccount(aws: Account, request: IncomingMessage): string | undefined {
  const { headers } = request;
  const key = tokenIn(headers.authorization) ?? credentialOf({ headers, body: "" });
  try {
    return callerOf(aws, key).kind === "anonymous" ? undefined : aws.account;
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

const accessDenied = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>
`;

export interface Refusal {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Returns the endpoint's own answer, with status 403, to a request that its policy does not allow. */
export function refusalOf(aws: Account, endpoint: string, request: IncomingMessage): Refusal | undefined {
  const policy = vpcEndpoint.get(aws, endpoint)?.inputs.policy;
  const asked = passing(aws, request);
  // An endpoint without a policy allows everything.
  if (policy === undefined || asked === undefined) return undefined;
  const { action, resource, account } = asked;
  const context = {
    "aws:PrincipalAccount": principalAccount(aws, request),
    "aws:ResourceAccount": account,
  };
  if (lets(policy, action, resource, context)) return undefined;
  if (isBucket(hostOf(request.headers)))
    return { headers: { "content-type": "application/xml", server: "AmazonS3" }, body: accessDenied };
  const message = `User is not authorized to perform: ${action} on resource: ${resource} because no VPC endpoint policy allows the ${action} action`;
  return {
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: JSON.stringify({ __type: "AccessDeniedException", message }),
  };
}
