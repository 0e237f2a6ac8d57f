/** Finds the exports of a folder's files, so that no list has to name them. */
import { readdirSync } from "node:fs";

/** Returns every export of every TypeScript file below `folder`. */
export async function exportsBelow(folder: URL): Promise<unknown[]> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts"));
  const modules = await Promise.all(files.sort().map((file) => import(new URL(file, folder).href)));
  return modules.flatMap((module: Record<string, unknown>) => Object.values(module));
}
