/** How long the lab takes from taken down to green, and what it holds in memory. */
import { readFile } from "node:fs/promises";
import type { Section } from "./section.ts";
import { timed } from "./tests.ts";

const MiB = 2 ** 20;
const promised = { seconds: 90, MiB: 2048 };

/** Memory that programs could still have, in MiB. */
async function available(): Promise<number> {
  const kB = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile("/proc/meminfo", "utf8"))?.[1];
  return (Number(kB) * 1024) / MiB;
}

/**
 * The lab is taken down first; what was costly to build (engine, Debian, images) stays. Leaves the lab up with its hosts
 * cut off from the internet, as `hosts` and `addresses` want it.
 */
export async function lab(project: string): Promise<Section> {
  const command = (...args: string[]) => timed(process.execPath, ["lab/main.ts", ...args], project);
  const rows: string[][] = [];
  const missed: string[] = [];
  for (const internet of ["fallback", "never"] as const) {
    await command("down");
    const free = await available();
    const { seconds, output } = await command("--internet", internet);
    const held = free - (await available());
    const name = `\`--internet ${internet}\``;
    const checks = /checks: (\d+) passed/.exec(output)?.[1] ?? "?";
    rows.push([`${name}: taken down → green (${checks} checks)`, `${seconds.toFixed(0)} s`]);
    // The other mode has several times as many checks, and nothing else that were different.
    if (internet === "fallback")
      rows.push([`${name}: running → green again`, `${(await command()).seconds.toFixed(0)} s`]);
    rows.push([`${name}: memory that the lab holds`, `${held.toFixed(0)} MiB`]);
    if (seconds > promised.seconds) missed.push(`${seconds.toFixed(0)} s with ${name}`);
    if (held > promised.MiB) missed.push(`${held.toFixed(0)} MiB with ${name}`);
  }
  return {
    name: "lab",
    title: "The lab",
    text: `\`npm run lab\`, whole: world, \`pulumi up\`, checks. To reach: ${promised.seconds} s when it is set up already (engine, Debian and images are
there), and ${promised.MiB / 1024} GB.`,
    header: ["what", "measured"],
    rows,
    missed,
  };
}
