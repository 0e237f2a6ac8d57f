/** Operations of the engine, which run on the laptop. */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { StackConfig } from "./engine/config.ts";
import { paths } from "./world/paths.ts";
import { inNamespace } from "./world/run.ts";
import { laptop } from "./world/topology.ts";

export interface Order {
  readonly operation: "up" | "preview" | "destroy" | "outputs" | "export" | "steps" | "privateKeys";
  readonly stack: string;
  /** The stack's configuration. Default: unchanged. */
  readonly config?: StackConfig;
}

export interface Outcome {
  /** Number of resources by operation: create, update, replace, delete, same. */
  readonly changes: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export type Said = { readonly line: string } | { readonly outcome: Outcome } | { readonly failure: string };

/** File for all of the engine's output. */
export const engineLog = join(paths.log, "pulumi.log");

let last: Promise<unknown> = Promise.resolve();

/**
 * Carries an order out, after all earlier ones: two engines must not share a stack, nor a provider.
 * @param report called with each line that the engine prints
 * @throws with the engine's own words
 */
export function carryOut(order: Order, report: (line: string) => void = () => {}): Promise<Outcome> {
  const outcome = last.then(() => operate(order, report));
  last = outcome.catch(() => undefined);
  return outcome;
}

async function operate(order: Order, report: (line: string) => void): Promise<Outcome> {
  const program = new URL("laptop.ts", import.meta.url).pathname;
  const [command = "", ...args] = inNamespace(laptop, [process.execPath, program]);
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  const log = createWriteStream(engineLog, { flags: "a" });
  // Ctrl-C reaches the engine directly (same process group): it ends in order, and this process after it. Other
  // listeners, such as the display of the steps, would end this process first.
  const others = process.listeners("SIGINT");
  let interrupted = false;
  const wait = () => {
    interrupted = true;
    report("ending in order: the engine finishes what it has begun");
  };
  process.removeAllListeners("SIGINT").on("SIGINT", wait);
  let outcome: Outcome | undefined;
  let failure = "";
  child.stderr.pipe(log, { end: false });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    failure = `${failure}${text}`.slice(-4000);
  });
  const read = (async () => {
    for await (const text of createInterface({ input: child.stdout })) {
      const said: Said = JSON.parse(text);
      if ("line" in said) {
        log.write(said.line);
        // Empty lines and lines of dots are the engine's sign of life.
        for (const line of said.line
          .split("\n")
          .filter((line) => /[a-z0-9]/i.test(line) && !line.startsWith("@"))) {
          report(line.trim());
        }
      } else if ("failure" in said) {
        failure = said.failure;
      } else {
        outcome = said.outcome;
      }
    }
  })();
  child.stdin.on("error", () => {}).end(JSON.stringify(order));
  try {
    await Promise.all([
      read,
      new Promise((resolve, reject) => child.once("close", resolve).once("error", reject)),
    ]);
  } finally {
    process.off("SIGINT", wait);
    for (const other of others) process.on("SIGINT", other);
    log.end();
  }
  if (interrupted) process.kill(process.pid, "SIGINT");
  if (!outcome) {
    throw new Error(
      failure.trim() || `${order.operation}: the engine ended without a word; look into ${engineLog}`,
    );
  }
  return outcome;
}
