/** From a clean clone to a green lab, as on a machine that has never seen the project. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Section } from "./section.ts";
import { timed } from "./tests.ts";

/**
 * A clone of the committed state in a folder of its own, with empty Go caches; what Debian's packages brought to the
 * machine itself (`lab/world/machine.ts`) stays, and so does npm's cache. The lab of this checkout must be down.
 */
export async function fresh(project: string): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), "fresh-"));
  const clone = join(folder, "clone");
  const caches = { GOCACHE: join(folder, "go-build"), GOMODCACHE: join(folder, "go-mod") };
  const step = (...command: string[]) => timed("env", [...asEnv(caches), ...command], clone);
  try {
    await timed("git", ["clone", "--quiet", project, clone], project);
    const install = await step("npm", "ci");
    const lab = await step("npm", "run", "lab");
    await step("npm", "run", "lab", "--", "down");
    const part = (title: string) =>
      new RegExp(`^✔ ${title}.*\\[([^\\]]+)\\]$`, "m").exec(lab.output)?.[1] ?? "?";
    return {
      name: "fresh",
      title: "A fresh machine",
      text: "A clean clone with nothing built before: `npm ci`, then `npm run lab`. To reach: 15 min.",
      header: ["part", "time"],
      rows: [
        ["`npm ci`", `${install.seconds.toFixed(0)} s`],
        ["`npm run lab`", `${lab.seconds.toFixed(0)} s`],
        ["of it: the Pulumi engine", part("The Pulumi engine")],
        ["of it: Debian for the hosts", part("Debian for the hosts")],
        ["of it: images", part("Images")],
        ["of it: pulumi up", part("pulumi up")],
        ["**both**", `**${((install.seconds + lab.seconds) / 60).toFixed(1)} min**`],
      ],
    };
  } finally {
    // Go writes its module cache read-only.
    await timed("chmod", ["-R", "u+w", folder], project);
    await rm(folder, { recursive: true, force: true });
  }
}

const asEnv = (variables: Readonly<Record<string, string>>) =>
  Object.entries(variables).map(([name, value]) => `${name}=${value}`);
