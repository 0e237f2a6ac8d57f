/**
 * ECR and ECR Public as Docker meets them: the pull half of the OCI distribution specification, read only.
 *
 * Manifests in a layout's `index.json` carry their tag in the annotation `org.opencontainers.image.ref.name`.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { Account } from "../account.ts";
import { mayPull } from "../api/json/ecr.ts";
import { hostOf } from "./doors.ts";
import { send, sendFile, sendJson } from "./http.ts";
import { layerUrl } from "./layers.ts";
import { blobPath, type Layout, layoutOf } from "./layouts.ts";

const manifests = z.object({
  manifests: z.array(
    z.looseObject({
      digest: z.string(),
      mediaType: z.string(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
const manifest = z.looseObject({ mediaType: z.string().optional() });
const tagOf = "org.opencontainers.image.ref.name";
const version = { "docker-distribution-api-version": "registry/2.0" };

function notFound(response: ServerResponse, code: string, message: string): void {
  const body = JSON.stringify({ errors: [{ code, message, detail: {} }] });
  send(response, 404, { ...version, "content-type": "application/json" }, body);
}

async function serveManifest(layout: Layout, reference: string, response: ServerResponse): Promise<boolean> {
  const all = manifests.parse(JSON.parse(layout.index.toString("utf8"))).manifests;
  const tagged = all.filter((m) => m.annotations?.[tagOf]?.split(":").at(-1) === reference);
  const digest = reference.startsWith("sha256:") ? reference : tagged[0]?.digest;
  // Several platforms under one tag, without an index of their own: the layout's index is the manifest list.
  if (tagged.length > 1) {
    const list = JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: tagged,
    });
    const own = `sha256:${createHash("sha256").update(list).digest("hex")}`;
    send(
      response,
      200,
      { ...version, "content-type": "application/vnd.oci.image.index.v1+json", "docker-content-digest": own },
      list,
    );
    return true;
  }
  const file = digest === undefined ? undefined : blobPath(layout.path, digest);
  const bytes = file === undefined ? undefined : await readFile(file).catch(() => undefined);
  if (!bytes || digest === undefined) return false;
  const type =
    tagged[0]?.mediaType ??
    manifest.parse(JSON.parse(bytes.toString("utf8"))).mediaType ??
    "application/vnd.oci.image.manifest.v1+json";
  send(response, 200, { ...version, "content-type": type, "docker-content-digest": digest }, bytes);
  return true;
}

/** An account's registry requires a token from `ecr:GetAuthorizationToken`; ECR Public's does not. */
const isPrivate = (host: string) => /\.dkr\.ecr\./.test(host);

const unauthorized = (response: ServerResponse, host: string): void =>
  send(
    response,
    401,
    {
      ...version,
      "content-type": "text/plain; charset=utf-8",
      "www-authenticate": `Basic realm="https://${host}/",service="ecr.amazonaws.com"`,
    },
    "Not Authorized\n",
  );

/** Answers `GET` and `HEAD` below `/v2/`. */
export async function serveRegistry(
  aws: Account,
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = hostOf(request.headers);
  const path = new URL(request.url ?? "/", "https://localhost").pathname;
  const asked = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path);
  const [, repository = "", what, reference = ""] = asked ?? [];
  if (isPrivate(host) && !mayPull(aws, request.headers.authorization, repository))
    return unauthorized(response, host);
  if (path === "/v2/" || path === "/v2")
    return send(response, 200, { ...version, "content-type": "application/json" }, "{}");
  const layout = await layoutOf(folder, host, repository);
  if (!layout)
    return notFound(
      response,
      "NAME_UNKNOWN",
      `The repository with name '${repository}' does not exist in the registry '${host}'`,
    );
  if (what === "tags") {
    const all = manifests.parse(JSON.parse(layout.index.toString("utf8"))).manifests;
    const tags = new Set(all.flatMap((m) => m.annotations?.[tagOf]?.split(":").at(-1) ?? []));
    return sendJson(response, 200, { name: repository, tags: [...tags] });
  }
  if (what === "manifests" && (await serveManifest(layout, reference, response))) return;
  if (what === "blobs" && (await serveBlob(aws, layout, host, repository, reference, response))) return;
  notFound(
    response,
    what === "blobs" ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN",
    `Requested image not found: ${repository}:${reference}`,
  );
}

/**
 * A private registry's blobs are in S3. ECR Public's come from Amazon's own network, which the lab does not simulate.
 */
async function serveBlob(
  aws: Account,
  layout: Layout,
  host: string,
  repository: string,
  digest: string,
  response: ServerResponse,
): Promise<boolean> {
  const file = blobPath(layout.path, digest);
  if (file === undefined) return false;
  const headers = { ...version, "docker-content-digest": digest };
  if (!isPrivate(host)) return sendFile(response, file, headers);
  if (!existsSync(file)) return false;
  send(response, 307, { ...headers, location: layerUrl(aws, host, repository, digest) }, "");
  return true;
}
