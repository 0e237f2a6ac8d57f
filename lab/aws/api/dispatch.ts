/** AWS's JSON protocol: takes one call and returns one answer. The front door (`../front/`) handles HTTP. */
import type { Account } from "../account.ts";
import { AwsError, documented, NotSimulated } from "../errors.ts";
import { passageHeaders } from "../front/doors.ts";
import { type Caller, callerOf } from "./call.ts";
import { cloudWatch } from "./cloudwatch.ts";
import { jsonOperation } from "./json-apis.ts";
import { getCallerIdentity } from "./sts.ts";

export interface Request {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function header(request: Request, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}

/** The access key id (or the agent's own id) in a signature, `Credential=<id>/…`. */
export const credentialOf = (request: Request): string | undefined =>
  /Credential=([^/,\s]+)/.exec(header(request, "authorization"))?.[1];

export const json = (status: number, body: unknown, requestId: string): Answer => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestId },
  body: JSON.stringify(body),
});

/** Returns an error in AWS's shape. Any other error is a fault of the simulation, and the answer says so. */
export function failure(error: unknown, requestId: string): Answer {
  if (error instanceof AwsError)
    return json(error.status, { __type: error.code, message: error.reason }, requestId);
  const message = `the simulated AWS failed: ${error instanceof Error ? error.message : String(error)}`;
  return json(500, { __type: "InternalFailure", message }, requestId);
}

const xml = (status: number, body: string, requestId: string): Answer => ({
  status,
  headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
  body,
});

/** The query protocol, which STS and CloudWatch speak. */
function query(aws: Account, caller: Caller, asked: URLSearchParams, requestId: string): Answer {
  try {
    return xml(200, answerQuery(aws, caller, asked, requestId), requestId);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const details = `<Error><Type>Sender</Type><Code>${error.code}</Code><Message>${error.reason}</Message></Error>`;
    const body = `<ErrorResponse>${details}<RequestId>${requestId}</RequestId></ErrorResponse>\n`;
    return xml(error.status, body, requestId);
  }
}

function answerQuery(aws: Account, caller: Caller, asked: URLSearchParams, requestId: string): string {
  const action = asked.get("Action") ?? "";
  if (caller.kind === "anonymous")
    throw new AwsError(
      "InvalidClientTokenId",
      "The security token included in the request is invalid.",
      documented("Amazon CloudWatch API, Common Errors: InvalidClientTokenId"),
      403,
    );
  const body =
    action === "GetCallerIdentity"
      ? getCallerIdentity(aws.account, caller, requestId)
      : cloudWatch(aws, asked, requestId);
  if (body === undefined) throw new NotSimulated("InvalidAction", `the action ${action.replace(/\W/g, "")}`);
  return body;
}

/** Answers one request of the JSON protocol, or of STS's query protocol. */
export async function dispatch(aws: Account, request: Request): Promise<Answer> {
  const requestId = aws.ids.uuid();
  try {
    const credential = credentialOf(request);
    const caller = callerOf(aws, credential);
    const [service = "", name = ""] = header(request, "x-amz-target").split(".");
    if (service === "") return query(aws, caller, new URLSearchParams(request.body), requestId);
    const operation = jsonOperation(service, name);
    if (!operation) throw new NotSimulated("UnknownOperationException", `the operation ${service}.${name}`);
    const endpoint = header(request, passageHeaders.endpoint) || undefined;
    const body: unknown = request.body === "" ? {} : JSON.parse(request.body);
    return json(200, await operation({ aws, caller, body, credential, endpoint }), requestId);
  } catch (error) {
    return failure(error, requestId);
  }
}
