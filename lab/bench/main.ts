/**
 * `npm run bench [-- NAME…]`: measures, prints and writes docs/benchmarks.md; ends with status 1 when a promise is missed.
 * `--faults N`: how many faults of tunnels `failover` has, and `kernel` in each format. `--nodes N`, once or more: the numbers of
 * nodes that `growth` has. `--seeds N`: how many orders of AWS's changes `changes` tries.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { paths, project } from "../world/paths.ts";
import type { Section } from "./section.ts";
import { explained, table, writeSection } from "./section.ts";

const { values, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: {
    faults: { type: "string" },
    nodes: { type: "string", multiple: true },
    seeds: { type: "string" },
  },
});
const faults = values.faults === undefined ? undefined : Number(values.faults);
if (faults !== undefined && !(faults > 0)) {
  console.error(`bench: --faults: ${values.faults}: must be a number of faults; choose 1 or more`);
  process.exit(2);
}
const nodes = values.nodes?.map(Number);
if (nodes?.some((number) => !(number > 2))) {
  console.error(`bench: --nodes: ${values.nodes}: must be numbers of nodes, 3 or more; choose others`);
  process.exit(2);
}

const seeds = values.seeds === undefined ? undefined : Number(values.seeds);
if (seeds !== undefined && !(seeds > 0)) {
  console.error(`bench: --seeds: ${values.seeds}: must be a number of seeds; choose 1 or more`);
  process.exit(2);
}

const sections: Readonly<Record<string, () => Promise<Section>>> = {
  program: async () => (await import("./home.ts")).home(project, join(paths.lab, "bench"), 9),
  tests: async () => (await import("./tests.ts")).tests(project),
  growth: async () => (await import("./growth/growth.ts")).growth(project, nodes),
  changes: async () => (await import("./changes.ts")).changes(seeds),
  fresh: async () => (await import("./fresh.ts")).fresh(project),
  // From here on it runs, cut off from the internet.
  lab: async () => (await import("./lab.ts")).lab(project),
  hosts: async () => (await import("./hosts.ts")).hosts(),
  addresses: async () => (await import("./addresses.ts")).addresses(),
  failover: async () => (await import("./failover.ts")).failover(faults),
  kernel: async () => (await import("./kernel.ts")).kernel(faults),
};

for (const name of asked.length > 0 ? asked : Object.keys(sections)) {
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
  console.log(`\n${section.title}\n${explained(section)}\n\n${table(section)}`);
  if (section.missed?.length) process.exitCode = 1;
}
