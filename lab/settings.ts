/** The settings of the running lab, so that later commands use the same ones. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { cloud } from "./cloud.ts";
import type { StackConfig } from "./engine/config.ts";
import { stackConfig } from "./stack-config.ts";
import { person, privateKey } from "./world/keys.ts";
import { paths } from "./world/paths.ts";
import { internets } from "./world/site-internet.ts";
import { packageSources } from "./world/site-mirror.ts";
import { hosts } from "./world/world.ts";

const schema = z.object({
  nodes: z.int().default(2),
  internet: z.enum(internets).default("fallback"),
  /** With `internet: never`, the source of the hosts' packages. */
  packages: z.enum(packageSources).default("mirror"),
  dataPath: z.enum(["kernel", "userspace"]).default("userspace"),
  converge: z.int().default(0),
  /** True while checks run, since they break things; still true after checks that were killed. */
  checking: z.boolean().default(false),
  dead: z.array(z.string()).default([]),
  /** The number of new disks that a host got, by its name. */
  reinstalled: z.record(z.string(), z.int()).default({}),
  /** Hosts that exist, but not in the stack. */
  without: z.array(z.string()).default([]),
});

export type Settings = z.output<typeof schema>;

export function readSettings(): Settings {
  try {
    return schema.parse(JSON.parse(readFileSync(paths.settings, "utf8")));
  } catch {
    return schema.parse({});
  }
}

export function changeSettings(change: Partial<Settings>): Settings {
  const settings = { ...readSettings(), ...change };
  mkdirSync(paths.lab, { recursive: true });
  writeFileSync(paths.settings, JSON.stringify(settings));
  return settings;
}

/** Returns the stack's configuration for the settings. */
export async function labConfig({ nodes, without, ...settings }: Settings): Promise<StackConfig> {
  return stackConfig({
    ...settings,
    hosts: hosts(nodes).filter(({ name }) => !without.includes(name)),
    personKey: privateKey(person),
    installer: await cloud.installer(),
  });
}
