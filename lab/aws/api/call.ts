/** One call of AWS's JSON protocol: the caller, the operation and its input. */
import { z } from "zod";
import type { Account } from "../account.ts";
import { authorize, type Context } from "../control/policy.ts";
import { AwsError, documented, guessed } from "../errors.ts";

/** The access key of the lab's user, who may do everything. Not a secret: it opens nothing but the lab. */
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
  /** The part of the signature's credential before the first slash. */
  readonly credential: string | undefined;
  /** The interface endpoint that the call came through. Default: over the internet. */
  readonly endpoint?: string | undefined;
}

export type Operation = (call: Call) => unknown;

/** Operations of one of AWS's APIs that speak its JSON protocol. */
export interface JsonApi {
  /** The part of the header X-Amz-Target before the operation's name. */
  readonly target: string;
  /** The part of an IAM action before the operation's name. */
  readonly prefix: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

const unrecognized = () =>
  new AwsError(
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    documented("AWS Systems Manager API, Common Errors: UnrecognizedClientException"),
  );

/** Returns the caller that signed. Checks the key id, not the signature. */
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

/** Returns the managed instance that makes the call. */
export function nodeOf(call: Call): string {
  if (call.caller.kind !== "role" || !call.caller.session.startsWith("mi-")) throw unrecognized();
  return call.caller.session;
}

/** Makes an operation that takes a body of this shape. Ignores unknown fields, as AWS's own servers do. */
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

/** Returns seconds since 1970, as AWS's JSON protocol writes times. */
export const epoch = (iso: string | undefined): number | undefined =>
  iso === undefined ? undefined : Date.parse(iso) / 1000;
