import { readdirSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../world/paths.ts";
import { foreground } from "./foreground.ts";

/** What the lab's parts wrote, last lines first to see: all of them, or one by its name. */
export async function logs([name]: readonly string[]): Promise<number> {
  const all = readdirSync(paths.log).filter((file) => file.endsWith(".log"));
  const chosen = name === undefined ? all : all.filter((file) => file === `${name}.log`);
  if (chosen.length === 0) {
    throw new Error(
      `logs: ${name ?? "(all)"}: must be the name of a log; choose one of ${all.map((file) => file.slice(0, -4)).join(", ")}`,
    );
  }
  const lines = name === undefined ? "20" : "+1";
  return await foreground(["tail", "-n", lines, ...chosen.map((file) => join(paths.log, file))]);
}
