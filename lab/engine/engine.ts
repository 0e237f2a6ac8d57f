/**
 * The real Pulumi engine: from PATH, else from the official download, else built from its Go module.
 * An installed or built engine is kept by version in the lab's folder, where the next run finds it.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { version as sdkVersion } from "@pulumi/pulumi/version.js";
import { buildEngine } from "./build.ts";
import { obtainPlugins, type Plugins } from "./plugins.ts";

/** The CLI has error hooks since this version; with them the program explains why a host cannot be reached. */
const OLDEST = "3.217.0";
const DOWNLOAD_SITE = "https://get.pulumi.com/";

export interface Engine {
  readonly pulumi: PulumiCommand;
  readonly version: string;
  readonly source: "PATH" | "downloaded" | "built from its Go module" | "kept from an earlier run";
  /** The engine's own folder, as PULUMI_HOME. */
  readonly home: string;
  readonly plugins: Plugins;
}

type Progress = (line: string) => void;
type Source = readonly [Engine["source"], () => Promise<PulumiCommand | undefined>];

/** Returns whether a server answers at the address within 5 s. */
async function reachable(url: string): Promise<boolean> {
  try {
    await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5000) });
    return true;
  } catch {
    return false;
  }
}

async function fromPath(): Promise<PulumiCommand | undefined> {
  const found = await PulumiCommand.get().catch(() => undefined);
  return found?.version && found.version.compare(OLDEST) >= 0 ? found : undefined;
}

async function kept(root: string): Promise<PulumiCommand | undefined> {
  return existsSync(join(root, "bin", "pulumi")) ? await PulumiCommand.get({ root }) : undefined;
}

/** The places where an engine may be already; the other sources fill the second one. */
const here = (root: string): readonly Source[] => [
  ["PATH", fromPath],
  ["kept from an earlier run", () => kept(root)],
];

async function firstOf(
  sources: readonly Source[],
  folder: string,
  isOnline: () => Promise<boolean>,
  progress: Progress,
): Promise<Engine | undefined> {
  for (const [source, obtain] of sources) {
    const pulumi = await obtain();
    if (pulumi === undefined) continue;
    const version = String(pulumi.version ?? "unknown");
    progress(`engine: pulumi ${version}, ${source}`);
    const home = join(folder, "home");
    const plugins = await obtainPlugins({ pulumi: pulumi.command, home, isOnline, progress });
    return { pulumi, version, source, home, plugins };
  }
  return undefined;
}

/** Returns the engine if it is here already, without using the network. */
export const findEngine = (folder: string, progress: Progress = () => undefined) =>
  firstOf(here(join(folder, `v${sdkVersion}`)), folder, async () => false, progress);

/**
 * Returns the engine and its plugins, ready to use. Uses the network only if there is no engine yet.
 * @param folder absolute path of the folder for the engine (`.lab/engine`)
 * @throws when there is no engine and none can be downloaded or built: says what to install
 */
export async function obtainEngine(folder: string, progress: Progress): Promise<Engine> {
  const root = join(folder, `v${sdkVersion}`);
  let answer: Promise<boolean> | undefined;
  const isOnline = () => {
    answer ??= reachable(DOWNLOAD_SITE);
    return answer;
  };
  const download = async () => {
    if (!(await isOnline())) return undefined;
    progress(`downloading pulumi ${sdkVersion}`);
    return await PulumiCommand.install({ root }).catch(() => undefined);
  };
  const build = async () => {
    await buildEngine(root, sdkVersion, progress);
    return await PulumiCommand.get({ root });
  };
  const sources: readonly Source[] = [
    ...here(root),
    ["downloaded", download],
    ["built from its Go module", build],
  ];
  const engine = await firstOf(sources, folder, isOnline, progress);
  if (engine === undefined) throw new Error("engine: the build ended without one");
  return engine;
}
