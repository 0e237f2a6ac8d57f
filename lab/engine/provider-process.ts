/** A provider as a process of its own, to which the engine attaches; one per package, whichever run started it. */
import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { project } from "../world/paths.ts";
import { firstLine, isAlive, stop } from "./processes.ts";

/** Providers load Pulumi's SDK as the program does, and start just as much faster with it. */
export const startup = join(project, "startup.js");

export interface ProviderProcess {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/**
 * A killed lab leaves its providers running: stops the one that the file names, if that process is still the provider.
 */
async function stopLeftOver(pidFile: string, program: string): Promise<void> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => ""));
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return;
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  if (command.split("\0").includes(program)) await stop(pid, "SIGTERM", 5);
}

/**
 * Starts a provider and waits for the port that it prints.
 * @param pkg the package, such as `aws`
 * @param args of `node`; the first is the program's path
 * @param lab absolute path of the lab's folder: its `run` gets the pid, its `log` the provider's stderr
 */
export async function startProvider(
  pkg: string,
  args: readonly string[],
  lab: string,
): Promise<ProviderProcess> {
  const pidFile = join(lab, "run", `provider-${pkg}.pid`);
  for (const folder of ["run", "log"]) await mkdir(join(lab, folder), { recursive: true });
  await stopLeftOver(pidFile, args[0] ?? "");
  const log = await open(join(lab, "log", `provider-${pkg}.log`), "a");
  // In a process group of its own, like the engine's plugins: Ctrl-C must reach only the engine, which still needs the
  // provider.
  const child = spawn(process.execPath, [`--import=${startup}`, ...args], {
    stdio: ["ignore", "pipe", log.fd],
    detached: true,
  });
  await log.close();
  const { pid } = child;
  if (pid !== undefined) await writeFile(pidFile, String(pid));
  const end = async () => {
    if (pid !== undefined) await stop(pid, "SIGTERM", 5);
    await rm(pidFile, { force: true });
  };
  try {
    const port = Number(await firstLine(child, `provider ${pkg} (see log/provider-${pkg}.log)`, 20));
    if (!Number.isInteger(port)) throw new Error(`provider ${pkg}: its first line is not a port`);
    return { port, stop: end };
  } catch (error) {
    await end();
    throw error;
  }
}
