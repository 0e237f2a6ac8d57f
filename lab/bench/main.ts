/** `npm run bench [-- NAME…]`: measures, prints and writes docs/benchmarks.md. */
import { join } from "node:path";
import { paths, project } from "../world/paths.ts";
import type { Section } from "./section.ts";
import { table, writeSection } from "./section.ts";

const sections: Readonly<Record<string, () => Promise<Section>>> = {
  program: async () => (await import("./home.ts")).home(project, join(paths.lab, "bench"), 9),
  tests: async () => (await import("./tests.ts")).tests(project),
  lab: async () => (await import("./lab.ts")).lab(project),
  fresh: async () => (await import("./fresh.ts")).fresh(project),
  hosts: async () => (await import("./hosts.ts")).hosts(),
};

const asked = process.argv.slice(2);
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
  console.log(`\n${section.title}\n${section.text}\n\n${table(section)}`);
}
