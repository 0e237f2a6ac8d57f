/**
 * The real Pulumi engine, from wherever it is to be had: PATH, else the official install, else built from its Go module.
 * What was installed or built is kept by version under the lab's folder, and found there the next time.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { version as sdkVersion } from "@pulumi/pulumi/version.js";
import { buildEngine } from "./build.ts";
import { obtainPlugins, type Plugins } from "./plugins.ts";

/** Error hooks, by which the program explains a host that cannot be reached, are there since this version of the CLI. */
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

/** Whether something answers at the address within 5 s. */
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

/** What is here already; the second place is the one that the other sources fill. */
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

/** The engine if it is here already; the network is not asked. */
export const findEngine = (folder: string, progress: Progress = () => undefined) =>
  firstOf(here(join(folder, `v${sdkVersion}`)), folder, async () => false, progress);

/**
 * The engine and its plugins, ready to use. Asks the network at most when it is not there yet.
 * @param folder absolute path of the folder that keeps it (`.lab/engine`)
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
