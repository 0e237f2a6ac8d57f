/** Long-running processes: whether they run, their first line, their end. */
import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Asks the process to end, waits, then kills it. Succeeds when it is already gone. */
export async function stop(pid: number, signal: NodeJS.Signals, graceSeconds: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, signal);
  for (let waited = 0; waited < graceSeconds * 1000; waited += 50) {
    await sleep(50);
    if (!isAlive(pid)) return;
  }
  if (isAlive(pid)) process.kill(pid, "SIGKILL");
}

/** Returns the first line that the child prints. */
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
