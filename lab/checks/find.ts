/** Finds the checks: every file of these folders is one. */
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import type { SiteInternet } from "../world/site-internet.ts";
import type { Check, CheckFile, FoundCheck } from "./check.ts";
import { rounds } from "./rounds.ts";
import type { Round } from "./run.ts";

/**
 * - `everywhere`: for every lab; these leave it as it was
 * - `without-internet`: make sense only where the hosts are cut off from the internet; these leave it as it was
 * - `by-name`: only when named, because they take their time or end the stack
 */
export const folders = ["everywhere", "without-internet", "by-name"] as const;

/** Returns the checks of a folder in their order: every file is one. */
export async function checkFiles<Run>(folder: URL): Promise<readonly (readonly FoundCheck<Run>[])[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));
  const found = files.map(async (file): Promise<FoundCheck<Run>> => {
    const { default: check } = (await import(new URL(file, folder).href)) as { default: CheckFile<Run> };
    return { ...check, name: basename(file, ".ts") };
  });
  return rounds(await Promise.all(found));
}

/** Returns the checks of one of the `folders` in their order. */
export function checksIn(folder: (typeof folders)[number]): Promise<readonly (readonly FoundCheck[])[]> {
  return checkFiles<Check["run"]>(new URL(`${folder}/`, import.meta.url));
}

/** Returns what `npm run lab` checks: everything that leaves the lab as it was. */
export async function standardChecks(internet: SiteInternet): Promise<readonly Round[]> {
  const everywhere = await checksIn("everywhere");
  return internet === "never" ? [...everywhere, ...(await checksIn("without-internet"))] : everywhere;
}

/** Returns every check there is. */
export async function allChecks(): Promise<readonly FoundCheck[]> {
  return (await Promise.all(folders.map(checksIn))).flat(2);
}
