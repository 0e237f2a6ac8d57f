/** The public address: AWS's hosts by name over TLS, and a plain mirror of Debian packages on port 80. */
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { callerOf } from "../api/call.ts";
import { credentialOf, dispatch, failure, json } from "../api/dispatch.ts";
import { longPoll } from "../api/poll.ts";
import type { Aws } from "../aws.ts";
import { below, bodyOf, send, sendFile } from "./http.ts";
import { type Objects, serveObject } from "./objects.ts";
import { serveRegistry } from "./registry.ts";

export interface Internet {
  readonly address: string;
  readonly httpsPort: number;
  readonly httpPort: number;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly objects: Objects;
  /** Folder of OCI image layouts. */
  readonly registry: string;
  /** Folder that port 80 serves. */
  readonly mirror: string;
}

const isBucket = (host: string) => /(^|\.)s3[.-]/.test(host);
const isRegistry = (host: string) => host === "public.ecr.aws" || /\.dkr\.ecr\./.test(host);

const servePoll = async (aws: Aws, request: IncomingMessage, response: ServerResponse): Promise<void> => {
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
};

/** Chooses by the Host header, as AWS's hosts share addresses. */
const handle = async (
  aws: Aws,
  { objects, registry }: Internet,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
  const path = new URL(request.url ?? "/", "https://localhost").pathname;
  if (isRegistry(host)) return serveRegistry(registry, host, path, response);
  if (isBucket(host)) return serveObject(objects, host, path, response);
  if (path === "/lab/poll") return servePoll(aws, request, response);
  const answer = await dispatch(aws, { headers: request.headers, body: await bodyOf(request) });
  send(response, answer.status, answer.headers, answer.body);
};

const guarded =
  (act: (request: IncomingMessage, response: ServerResponse) => Promise<void>) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    act(request, response).catch((error: unknown) => {
      console.error(`${request.method} ${request.headers.host}${request.url}:`, error);
      if (response.headersSent) response.destroy();
      else send(response, 500, { "content-type": "text/plain" }, "the simulated AWS failed; see its log\n");
    });
  };

const serveMirror = async (folder: string, request: IncomingMessage, response: ServerResponse) => {
  const file = below(folder, new URL(request.url ?? "/", "http://localhost").pathname);
  if (file === undefined || !(await sendFile(response, file)))
    send(response, 404, { "content-type": "text/plain" }, "not here\n");
};

/** Opens both ports; resolves when they listen. Returns how to close them. */
export const openInternet = async (aws: Aws, internet: Internet): Promise<() => void> => {
  const { address, certificate: cert, key, httpsPort, httpPort, mirror } = internet;
  const tls = createTlsServer(
    { cert, key },
    guarded((q, r) => handle(aws, internet, q, r)),
  );
  // Agents hold a poll for 20 s; a connection is worth keeping longer than that.
  tls.keepAliveTimeout = 65_000;
  const plain = createPlainServer(guarded((q, r) => serveMirror(mirror, q, r)));
  const listening = (server: typeof plain | typeof tls, port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, address, resolve);
    });
  await Promise.all([listening(tls, httpsPort), listening(plain, httpPort)]);
  return () => {
    for (const server of [tls, plain]) {
      server.close();
      server.closeAllConnections();
    }
  };
};
