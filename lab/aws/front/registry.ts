/**
 * ECR and ECR Public as Docker meets them: the pull half of the OCI distribution specification, read only.
 *
 * The folder holds one OCI image layout a repository, `<host>/<repository>/` or `<repository>/`, each with
 * `index.json`, whose manifests carry their tag in the annotation `org.opencontainers.image.ref.name`.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { below, send, sendFile, sendJson } from "./http.ts";

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

const refuse = (response: ServerResponse, code: string, message: string): void => {
  const body = JSON.stringify({ errors: [{ code, message, detail: {} }] });
  send(response, 404, { ...version, "content-type": "application/json" }, body);
};

/** The repository's layout folder and its index. */
const layoutOf = async (folder: string, host: string, repository: string) => {
  for (const candidate of [below(folder, join(host, repository)), below(folder, repository)]) {
    if (candidate === undefined) continue;
    const index = await readFile(join(candidate, "index.json")).catch(() => undefined);
    if (index) return { path: candidate, index };
  }
  return undefined;
};

const blobPath = (layout: string, digest: string): string | undefined =>
  /^sha256:[0-9a-f]{64}$/.test(digest) ? join(layout, "blobs", digest.replace(":", "/")) : undefined;

const serveManifest = async (
  layout: { path: string; index: Buffer },
  reference: string,
  response: ServerResponse,
): Promise<boolean> => {
  const all = manifests.parse(JSON.parse(layout.index.toString("utf8"))).manifests;
  const tagged = all.filter((m) => m.annotations?.[tagOf]?.split(":").at(-1) === reference);
  const digest = reference.startsWith("sha256:") ? reference : tagged[0]?.digest;
  // Several platforms under one tag without an index of their own: the layout's index is the manifest list.
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
};

/** Answers `GET` and `HEAD` below `/v2/`. */
export const serveRegistry = async (
  folder: string,
  host: string,
  path: string,
  response: ServerResponse,
): Promise<void> => {
  if (path === "/v2/" || path === "/v2")
    return send(response, 200, { ...version, "content-type": "application/json" }, "{}");
  const asked = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path);
  const [, repository = "", what, reference = ""] = asked ?? [];
  const layout = await layoutOf(folder, host, repository);
  if (!layout)
    return refuse(
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
  const blob = blobPath(layout.path, reference);
  const headers = { ...version, "docker-content-digest": reference };
  if (what === "blobs" && blob !== undefined && (await sendFile(response, blob, headers))) return;
  refuse(
    response,
    what === "blobs" ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN",
    `Requested image not found: ${repository}:${reference}`,
  );
};
