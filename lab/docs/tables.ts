import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { project } from "../world/paths.ts";

export const document = join(project, "docs/lab.md");

/** Returns the tables of docs/lab.md by their names: one for each file in the folder `tables`. */
export async function tables(): Promise<Readonly<Record<string, string>>> {
  const files = readdirSync(join(import.meta.dirname, "tables")).toSorted();
  const made = files.map(async (file) => {
    const { default: table } = (await import(`./tables/${file}`)) as { default: () => Promise<string> };
    return [basename(file, ".ts"), await table()] as const;
  });
  return Object.fromEntries(await Promise.all(made));
}
