/**
 * `command` and `tls`: the real plugins where they are available, else the stand-ins of `lab/providers`, put where the
 * engine looks for plugins. The choice is made here and nowhere else; the program cannot tell.
 */
import { existsSync } from "node:fs";
import { copyFile, link, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import { succeeds } from "../world/run.ts";
import { startup } from "./provider-process.ts";

/** The versions of package.json: a plugin has the version of its npm package. */
const WANTED = { command: "1.2.1", tls: "5.6.1" } as const;
type Name = keyof typeof WANTED;

export type Plugins = Readonly<Record<Name, "real plugin" | "stand-in">>;

interface Options {
  /** The CLI. */
  readonly pulumi: string;
  /** PULUMI_HOME of the lab's engine. */
  readonly home: string;
  /** The person's own Pulumi folder. Default: that of the CLI. */
  readonly personal?: string;
  readonly isOnline: () => Promise<boolean>;
  readonly progress: (line: string) => void;
}

/** The folder where the CLI keeps its plugins by default. */
const personalFolder = () => process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");

/** Gives the file a second name, which costs nothing; copies it where that is impossible, and the target of a link. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  const isPlain = (await lstat(from)).isFile();
  const copy = () => copyFile(from, to);
  await (isPlain ? link(from, to).catch(copy) : copy());
}

/** Puts the folder's files at `to`, over existing ones, since the engine does not accept a link as a plugin. */
async function copyFolder(from: string, to: string): Promise<void> {
  const staged = `${to}.${process.pid}`;
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(staged, relative(from, source));
    await mkdir(dirname(target), { recursive: true });
    await linkOrCopy(source, target);
  }
  await rm(to, { recursive: true, force: true });
  await rename(staged, to);
}

async function obtain(name: Name, options: Options): Promise<Plugins[Name]> {
  const { pulumi, home, personal = personalFolder(), isOnline, progress } = options;
  const version = WANTED[name];
  const folder = join("plugins", `resource-${name}-v${version}`);
  const place = join(home, folder);
  const binary = `pulumi-resource-${name}`;
  const standIn = join(place, "stand-in");
  // An earlier version of the lab made a link here.
  const isFolder = (await lstat(place).catch(() => undefined))?.isDirectory() ?? false;
  if (isFolder && existsSync(join(place, binary)) && !existsSync(standIn)) return "real plugin";

  await mkdir(join(home, "plugins"), { recursive: true });
  const found = join(personal, folder);
  // The CLI marks a plugin whose download is not complete.
  if (existsSync(join(found, binary)) && !existsSync(`${found}.partial`)) {
    await copyFolder(found, place);
    return "real plugin";
  }
  if (await isOnline()) {
    progress(`downloading plugin ${name} ${version}`);
    await rm(place, { recursive: true, force: true });
    const env = { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const install = [pulumi, "plugin", "install", "resource", name, version];
    if (await succeeds(install, { env, silenceSeconds: 30 })) return "real plugin";
    await rm(place, { recursive: true, force: true });
  }
  const program = join(import.meta.dirname, "..", "providers", `${name}.ts`);
  const launcher = `#!/bin/sh\nLAB_ENGINE_PID=$PPID exec '${process.execPath}' '--import=${startup}' '${program}' "$@"\n`;
  // A correct one is left alone, since an engine may be about to start it.
  if ((await readFile(join(place, binary), "utf8").catch(() => "")) === launcher) return "stand-in";
  await mkdir(place, { recursive: true });
  await writeFile(standIn, "The lab's own stand-in, since the real plugin was not available.\n");
  const staged = join(place, `${binary}.${process.pid}`);
  await writeFile(staged, launcher, { mode: 0o755 });
  await rename(staged, join(place, binary));
  return "stand-in";
}

/** Puts both plugins into `home`, and says which is real. */
export async function obtainPlugins(options: Options): Promise<Plugins> {
  const plugins = { command: await obtain("command", options), tls: await obtain("tls", options) };
  for (const [name, choice] of Object.entries(plugins)) options.progress(`provider ${name}: ${choice}`);
  return plugins;
}
