/**
 * Folders that are built once, and again only when their definition changes; a killed build leaves nothing half-done.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { run } from "./run.ts";

export const digest = (definition: unknown) =>
  createHash("sha256").update(JSON.stringify(definition)).digest("hex").slice(0, 16);

const stampOf = (dir: string) => `${dir}.stamp`;

/** Returns the stamp of the content of `dir`; undefined unless it is complete. */
export function stampIn(dir: string): string | undefined {
  return existsSync(dir) && existsSync(stampOf(dir)) ? readFileSync(stampOf(dir), "utf8") : undefined;
}

/** Removes a tree that may hold mount points (a killed build's /dev, say), without following them. */
export async function removeTree(dir: string): Promise<void> {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((mount) => mount === dir || mount.startsWith(`${dir}/`));
  for (const mount of mounts.reverse()) await run(["umount", "--lazy", mount]);
  await run(["rm", "-rf", "--one-file-system", dir]);
}

/** Ensures that `dir` has what `build` makes from `definition`. Returns whether it was built now. */
export async function cached(
  dir: string,
  definition: unknown,
  build: (dir: string) => Promise<void>,
): Promise<boolean> {
  const wanted = digest(definition);
  if (stampIn(dir) === wanted) return false;
  const fresh = `${dir}.new`;
  rmSync(stampOf(dir), { force: true });
  await removeTree(fresh);
  mkdirSync(dirname(dir), { recursive: true });
  await build(fresh);
  await removeTree(dir);
  renameSync(fresh, dir);
  writeFileSync(stampOf(dir), wanted);
  return true;
}
