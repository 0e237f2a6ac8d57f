/** AWS's hosts by name, regardless of the door: registries, buckets, and the APIs. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { keysHost } from "../../agents/packages.ts";
import type { Account } from "../account.ts";
import { callerOf } from "../api/call.ts";
import { credentialOf, dispatch, failure, json } from "../api/dispatch.ts";
import { longPoll } from "../api/poll.ts";
import { hostOf } from "./doors.ts";
import { bodyOf, send } from "./http.ts";
import { layerBucket, serveLayer } from "./layers.ts";
import { type Objects, serveObject } from "./objects.ts";
import { serveRegistry } from "./registry.ts";

export interface Hosts {
  readonly objects: Objects;
  /** Folder of OCI image layouts. */
  readonly registry: string;
}

/** Whether a host is S3's: a bucket's own, or one with the bucket in the path. */
export const isBucket = (host: string) => /(^|\.)s3[.-]/.test(host);
export const isRegistry = (host: string) => host === "public.ecr.aws" || /\.dkr\.ecr\./.test(host);

async function servePoll(aws: Account, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = aws.ids.uuid();
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    const text = await bodyOf(request);
    const credential = credentialOf({ headers: request.headers, body: text });
    const call = { aws, caller: callerOf(aws, credential), body: JSON.parse(text) as unknown, credential };
    const answer = json(200, await longPoll(call, gone.signal), requestId);
    send(response, answer.status, answer.headers, answer.body);
  } catch (error) {
    const answer = failure(error, requestId);
    send(response, answer.status, answer.headers, answer.body);
  }
}

/** Answers one request. Chooses by the Host header, as AWS's hosts share addresses. */
export async function serveHost(
  aws: Account,
  { objects, registry }: Hosts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = hostOf(request.headers);
  const path = new URL(request.url ?? "/", "https://localhost").pathname;
  if (isRegistry(host)) return serveRegistry(aws, registry, request, response);
  if (host === layerBucket(aws.region)) return serveLayer(registry, request, response);
  if (isBucket(host) || host === keysHost) return serveObject(objects, host, path, response);
  if (path === "/lab/poll") return servePoll(aws, request, response);
  const answer = await dispatch(aws, { headers: request.headers, body: await bodyOf(request) });
  send(response, answer.status, answer.headers, answer.body);
}

/** Wraps a handler of requests: logs an error of ours, and answers with status 500. */
export const guarded =
  (act: (request: IncomingMessage, response: ServerResponse) => Promise<void>) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    act(request, response).catch((error: unknown) => {
      console.error(`${request.method} ${request.headers.host}${request.url}:`, error);
      if (response.headersSent) response.destroy();
      else send(response, 500, { "content-type": "text/plain" }, "the simulated AWS failed; see its log\n");
    });
  };
