/** What the front doors share: reading requests, writing answers. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";

/** No AWS request in the lab is larger; CloudWatch Logs accepts 1 MiB. */
const largestBody = 4 * 1024 * 1024;

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Error(`request body larger than ${largestBody} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

export function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

export const sendJson = (response: ServerResponse, status: number, body: unknown): void =>
  send(response, status, { "content-type": "application/json" }, `${JSON.stringify(body)}\n`);

/** Returns the file of a URL's path below `folder`, or undefined if it would lead out of the folder. */
export function below(folder: string, path: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  const full = normalize(join(folder, decoded));
  return full === folder || full.startsWith(folder + sep) ? full : undefined;
}

/** A client that hangs up early is not a fault of ours. */
function unlessHungUp(error: NodeJS.ErrnoException): void {
  if (!["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET", "EPIPE"].includes(error.code ?? "")) throw error;
}

/** Sends a file. Returns false, and sends nothing, if it does not exist. */
export async function sendFile(
  response: ServerResponse,
  file: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return false;
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-length": String(found.size),
    "last-modified": found.mtime.toUTCString(),
    ...headers,
  });
  if (response.req.method === "HEAD") response.end();
  else await pipeline(createReadStream(file), response).catch(unlessHungUp);
  return true;
}
