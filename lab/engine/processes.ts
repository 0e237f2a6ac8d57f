/** Child processes with an end: output by lines, bounded silence, killed by pid. */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string;
  readonly onLine?: (line: string) => void;
  /** The command is killed when it says nothing for this long. Default: never. */
  readonly silenceSeconds?: number;
}

/**
 * Runs a command to its end; what it printed on stdout.
 * @throws with the last lines of the output when the command is missing, ends with another status than 0, or falls silent
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const child = spawn(command, args, {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: options.env ?? process.env,
    stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let output = "";
  let silent = false;
  let timer: NodeJS.Timeout | undefined;
  const awake = () => {
    clearTimeout(timer);
    if (options.silenceSeconds === undefined) return;
    timer = setTimeout(() => {
      silent = true;
      child.kill("SIGKILL");
    }, options.silenceSeconds * 1000);
  };
  awake();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      awake();
      output += text;
      if (stream === child.stdout) stdout += text;
      for (const line of text.split("\n")) if (line.trim() !== "") options.onLine?.(line);
    });
  }
  child.stdin?.on("error", () => undefined).end(options.stdin);
  const name = `${command} ${args[0] ?? ""}`.trim();
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        if (code === 0) return resolve(stdout);
        const why = silent ? `said nothing for ${options.silenceSeconds} s` : `ended with status ${code}`;
        reject(new Error(`${name}: ${why}\n${output.trimEnd().split("\n").slice(-20).join("\n")}`));
      });
    });
  } finally {
    clearTimeout(timer);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Asks the process to end, waits, then kills it. Ends well when it is gone already. */
export async function stop(pid: number, signal: NodeJS.Signals, graceSeconds: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, signal);
  for (let waited = 0; waited < graceSeconds * 1000; waited += 50) {
    await sleep(50);
    if (!isAlive(pid)) return;
  }
  if (isAlive(pid)) process.kill(pid, "SIGKILL");
}

/** The first line that the child prints. */
export function firstLine(child: ChildProcess, name: string, timeoutSeconds: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(
      () => reject(new Error(`${name}: printed nothing within ${timeoutSeconds} s`)),
      timeoutSeconds * 1000,
    );
    const settle = (end: () => void) => {
      clearTimeout(timer);
      end();
    };
    child.once("error", (error) => settle(() => reject(error)));
    child.once("exit", (code) => settle(() => reject(new Error(`${name}: ended with status ${code}`))));
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const end = output.indexOf("\n");
      if (end >= 0) settle(() => resolve(output.slice(0, end)));
    });
  });
}
