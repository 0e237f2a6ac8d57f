/** How long the lab takes from taken down to green, and what it holds in memory. */
import { readFile } from "node:fs/promises";
import type { Section } from "./section.ts";
import { timed } from "./tests.ts";

const MiB = 2 ** 20;

/** Memory that programs could still have, in bytes. */
async function available(): Promise<number> {
  const kB = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile("/proc/meminfo", "utf8"))?.[1];
  return Number(kB) * 1024;
}

/** The lab is taken down first; what was costly to build (engine, Debian, images) stays. */
export async function lab(project: string): Promise<Section> {
  const command = (...args: string[]) => timed(process.execPath, ["lab/main.ts", ...args], project);
  await command("down");
  const free = await available();
  const first = await command();
  const held = free - (await available());
  const second = await command();
  const checks = /checks: (\d+) passed/.exec(first.output)?.[1] ?? "?";
  return {
    name: "lab",
    title: "The lab",
    text: "`npm run lab`, whole: world, `pulumi up`, checks. To reach: 90 s when it is set up already, and 2 GB.",
    header: ["what", "measured"],
    rows: [
      [`taken down → green (${checks} checks)`, `${first.seconds.toFixed(0)} s`],
      ["running → green again", `${second.seconds.toFixed(0)} s`],
      ["memory that the lab holds", `${(held / MiB).toFixed(0)} MiB`],
    ],
  };
}
