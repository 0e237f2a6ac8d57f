/**
 * `npm run bench [-- NAME…]`: measures, prints and writes docs/benchmarks.md. `--faults N`: how many faults of tunnels
 * `failover` has.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { paths, project } from "../world/paths.ts";
import type { Section } from "./section.ts";
import { table, writeSection } from "./section.ts";

const { values, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { faults: { type: "string" } },
});
const faults = values.faults === undefined ? undefined : Number(values.faults);
if (faults !== undefined && !(faults > 0)) {
  console.error(`bench: --faults: ${values.faults} is no number of faults; choose 1 or more`);
  process.exit(2);
}

const sections: Readonly<Record<string, () => Promise<Section>>> = {
  program: async () => (await import("./home.ts")).home(project, join(paths.lab, "bench"), 9),
  tests: async () => (await import("./tests.ts")).tests(project),
  lab: async () => (await import("./lab.ts")).lab(project),
  fresh: async () => (await import("./fresh.ts")).fresh(project),
  hosts: async () => (await import("./hosts.ts")).hosts(),
  addresses: async () => (await import("./addresses.ts")).addresses(),
  failover: async () => (await import("./failover.ts")).failover(faults),
};

// Those that the lab must be in another mode for are only measured by name.
const usual = Object.keys(sections).filter((name) => name !== "addresses");
for (const name of asked.length > 0 ? asked : usual) {
  const measure = sections[name];
  if (measure === undefined) {
    console.error(
      `bench: ${name}: nothing is measured under that name; choose ${Object.keys(sections).join(", ")}`,
    );
    process.exitCode = 2;
    break;
  }
  const section = await measure();
  await writeSection(join(project, "docs", "benchmarks.md"), section);
  console.log(`\n${section.title}\n${section.text}\n\n${table(section)}`);
}
