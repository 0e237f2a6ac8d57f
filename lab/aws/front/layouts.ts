/**
 * OCI image layouts, one per repository: `<host>/<repository>/` or `<repository>/` in a folder, each with its
 * `index.json`.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { below } from "./http.ts";

export interface Layout {
  /** Its folder. */
  readonly path: string;
  /** Content of index.json. */
  readonly index: Buffer;
}

/** Returns the layout of a repository on a registry's host, if there is one. */
export async function layoutOf(
  folder: string,
  host: string,
  repository: string,
): Promise<Layout | undefined> {
  for (const candidate of [below(folder, join(host, repository)), below(folder, repository)]) {
    if (candidate === undefined) continue;
    const index = await readFile(join(candidate, "index.json")).catch(() => undefined);
    if (index) return { path: candidate, index };
  }
  return undefined;
}

/** Returns the file of a blob, or undefined if the digest is not valid. */
export const blobPath = (layout: string, digest: string): string | undefined =>
  /^sha256:[0-9a-f]{64}$/.test(digest) ? join(layout, "blobs", digest.replace(":", "/")) : undefined;
