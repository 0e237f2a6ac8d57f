/**
 * Long-running processes that outlive `npm run lab`, each recorded so that a later run can find or end exactly that
 * process.
 */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "./paths.ts";
import { inNamespace, systemPath, until } from "./run.ts";

const recordOf = (name: string) => join(paths.run, `${name}.pid`);

/**
 * Returns boot id and start time, which distinguish a process from a later one with the same pid; undefined when it is
 * gone or a zombie.
 */
export function identityOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z") return undefined;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Returns the pid of a process that `start` started, if it still runs. */
export function alive(name: string): number | undefined {
  try {
    const [pid = "", identity] = readFileSync(recordOf(name), "utf8").trim().split(" ");
    // A record without an identity comes from another program, such as the engine's records of its providers.
    return identity !== undefined && identityOf(Number(pid)) === identity ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}

/** A process records itself before it becomes the program, so a kill can never leave it running unrecorded. */
const recordAndExec = `
identity="$(cat /proc/sys/kernel/random/boot_id):$(cut -d' ' -f22 /proc/$$/stat)"
echo "$$ $identity" >"$0.$$" && mv "$0.$$" "$0" && exec "$@"`;

export interface StartOptions {
  readonly netns?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a process that outlives this one, with its output in `.lab/log/<name>.log`. Does nothing when it already runs.
 * `argv` must end up as one process (exec, never a shell that waits), for that pid is the one that `stop` ends.
 */
export function start(name: string, argv: readonly string[], options: StartOptions = {}): number {
  const running = alive(name);
  if (running !== undefined) return running;
  mkdirSync(paths.run, { recursive: true });
  mkdirSync(paths.log, { recursive: true });
  const log = openSync(join(paths.log, `${name}.log`), "a");
  const command = [recordAndExec, recordOf(name), ...inNamespace(options.netns, argv)];
  const child = spawn("sh", ["-c", ...command], {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, PATH: systemPath, ...options.env },
  });
  closeSync(log);
  child.on("error", () => {});
  child.unref();
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  if (child.pid === undefined || identity === undefined)
    throw new Error(`${name}: does not start; look into ${join(paths.log, `${name}.log`)}`);
  // The same record as the process writes, so that the caller need not wait for it.
  writeFileSync(recordOf(name), `${child.pid} ${identity}\n`);
  return child.pid;
}

/** Ends a process: SIGTERM, and SIGKILL after `graceSeconds`. Succeeds when it is already gone. */
export async function stop(
  name: string,
  graceSeconds = 5,
  signal: NodeJS.Signals = "SIGTERM",
): Promise<void> {
  const pid = alive(name);
  if (pid !== undefined) {
    process.kill(pid, signal);
    const gone = async () => (alive(name) === undefined ? true : undefined);
    const timeout = () => new Error(`${name}: process ${pid} does not end`);
    await until(gone, timeout, { seconds: graceSeconds, everyMs: 20 }).catch(async () => {
      process.kill(pid, "SIGKILL");
      await until(gone, timeout, { seconds: 5, everyMs: 20 });
    });
  }
  rmSync(recordOf(name), { force: true });
}

/** Returns the names of all recorded processes, running or not. */
export function recorded(): readonly string[] {
  try {
    return readdirSync(paths.run)
      .filter((file) => file.endsWith(".pid"))
      .map((file) => file.slice(0, -".pid".length));
  } catch {
    return [];
  }
}
