/** The local door: a unix socket, which crosses network namespaces. Provider calls and `/lab/…`. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Daemon } from "../daemon.ts";
import { AwsError } from "../errors.ts";
import { bodyOf, sendJson } from "./http.ts";
import { view } from "./introspection.ts";
import { listenOn } from "./listen.ts";
import { answer } from "./provider-calls.ts";

type Views = Readonly<Record<string, () => unknown>>;

async function handle(
  daemon: Daemon,
  extra: Views,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, door = "", name = ""] = (request.url ?? "").split("?")[0]?.split("/") ?? [];
  if (door === "provider" && request.method === "POST")
    return sendJson(response, 200, await answer(daemon, name, JSON.parse(await bodyOf(request))));
  if (door === "lab" && request.method === "GET") {
    const seen = extra[name]?.() ?? view(daemon, name);
    if (seen !== undefined) return sendJson(response, 200, seen);
  }
  sendJson(response, 404, { message: `${request.method} ${request.url}: no such thing here` });
}

/** Opens the socket. `extra`: more views under `/lab/`. Returns a function that closes it. */
export function openSocket(daemon: Daemon, path: string, extra: Views = {}): Promise<() => void> {
  const server = createServer((request, response) => {
    handle(daemon, extra, request, response).catch((error: unknown) => {
      const { message } = error instanceof Error ? error : new Error(String(error));
      const code = error instanceof AwsError ? error.code : undefined;
      sendJson(response, 400, { code, message });
    });
  });
  // A call may wait for a service to become steady, which takes longer than Node's default limit for a request.
  server.requestTimeout = 0;
  return listenOn(path, server);
}
