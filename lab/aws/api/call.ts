/** One call of AWS's JSON protocol: who asks, for which operation, with what. */
import { z } from "zod";
import type { Account } from "../account.ts";
import { authorize, type Context } from "../control/policy.ts";
import { AwsError, documented, guessed } from "../errors.ts";

/** The access key of the lab's person: may do everything. Not a secret: it opens nothing but the lab. */
export const labAccessKey = { accessKeyId: "AKIAHYBRIDLAB0000001", secretAccessKey: "lab" } as const;

export type Caller =
  | { readonly kind: "anonymous" }
  | { readonly kind: "person" }
  /** A node's agent, or a task's execution role. `session` is the managed instance or the task. */
  | { readonly kind: "role"; readonly role: string; readonly session: string };

export interface Call {
  readonly aws: Account;
  readonly caller: Caller;
  readonly body: unknown;
  /** What stands in front of the first slash of the signature's credential. */
  readonly credential: string | undefined;
  /** The interface endpoint that it came by. Default: over the internet. */
  readonly endpoint?: string | undefined;
}

export type Operation = (call: Call) => unknown;

/** Operations of one of AWS's APIs that speak its JSON protocol. */
export interface JsonApi {
  /** What stands in front of the operation's name in the header X-Amz-Target. */
  readonly target: string;
  /** What stands in front of the operation's name in an IAM action. */
  readonly prefix: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

const unrecognized = () =>
  new AwsError(
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    documented("AWS Systems Manager API, Common Errors: UnrecognizedClientException"),
  );

/** Who signed. The signature itself is not verified: the key id is. */
export function callerOf(aws: Account, credential: string | undefined): Caller {
  if (credential === undefined) return { kind: "anonymous" };
  if (credential === labAccessKey.accessKeyId) return { kind: "person" };
  const key = aws.runtime.accessKeys[credential];
  if (!key) return { kind: "anonymous" };
  if (Date.parse(key.expiration) < aws.now().getTime())
    throw new AwsError(
      "ExpiredTokenException",
      "The security token included in the request is expired",
      documented("AWS Systems Manager API, Common Errors: ExpiredTokenException"),
    );
  return { kind: "role", role: key.role, session: key.session };
}

/** Refuses anonymous callers, and roles whose policies do not allow the action. */
export function permit(call: Call, action: string, resource: string, context: Context = {}): void {
  const { caller } = call;
  if (caller.kind === "anonymous") {
    throw call.credential === undefined
      ? new AwsError(
          "MissingAuthenticationTokenException",
          "Request is missing Authentication Token",
          documented("AWS Systems Manager API, Common Errors: MissingAuthenticationToken"),
          403,
        )
      : unrecognized();
  }
  if (caller.kind === "role") authorize(call.aws, caller.role, caller.session, action, resource, context);
}

/** The managed instance that asks. */
export function nodeOf(call: Call): string {
  if (call.caller.kind !== "role" || !call.caller.session.startsWith("mi-")) throw unrecognized();
  return call.caller.session;
}

/** An operation that takes a body of this shape. Unknown fields are ignored, as AWS's own servers do. */
export const operation =
  <S extends z.ZodType>(shape: S, act: (call: Call, body: z.output<S>) => unknown): Operation =>
  (call) => {
    const parsed = shape.safeParse(call.body ?? {});
    if (!parsed.success)
      throw new AwsError(
        "SerializationException",
        z.prettifyError(parsed.error).replaceAll("\n", " "),
        guessed,
      );
    return act(call, parsed.data);
  };

/** Seconds since 1970, as AWS's JSON protocol writes times. */
export const epoch = (iso: string | undefined): number | undefined =>
  iso === undefined ? undefined : Date.parse(iso) / 1000;
