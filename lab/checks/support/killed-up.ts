/** An up whose engine is killed, and the up after it. */
import { strict as assert } from "node:assert";
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cloud } from "../../cloud.ts";
import type { StackConfig } from "../../engine/config.ts";
import { carryOut } from "../../operations.ts";
import { seconds } from "../../progress.ts";
import { paths } from "../../world/paths.ts";
import { findDrift } from "./drift.ts";

/** Returns the engine that holds the stack's lock and the process that runs the program for it; undefined while none does. */
function atWork(): { readonly engine: number; readonly laptop: number } | undefined {
  try {
    const locks = readdirSync(join(paths.pulumi, "state/.pulumi/locks"), {
      recursive: true,
      withFileTypes: true,
    }).filter((entry) => entry.isFile());
    const [lock] = locks.map((entry) => join(entry.parentPath, entry.name));
    const { pid: engine } = JSON.parse(readFileSync(lock ?? "", "utf8")) as { pid: number };
    const status = readFileSync(`/proc/${engine}/status`, "utf8");
    const laptop = Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]);
    const program = readFileSync(`/proc/${laptop}/cmdline`, "utf8").split("\0")[1];
    const isOurs =
      /^Name:\tpulumi$/m.test(status) && program === join(import.meta.dirname, "../../laptop.ts");
    return isOurs ? { engine, laptop } : undefined;
  } catch {
    return undefined;
  }
}

/** Kills both as a power cut would: neither prints or writes anything more. */
function cutPower(): boolean {
  const pids = atWork();
  if (!pids) return false;
  process.kill(pids.engine, "SIGKILL");
  process.kill(pids.laptop, "SIGKILL");
  return true;
}

/** Starts an up and kills it soon after the `last` line of the engine that matches `began`. Returns that line. */
export async function killAnUp(config: StackConfig, began: RegExp, last: number): Promise<string> {
  let begun = 0;
  let during = "";
  let killed = false;
  const up = carryOut({ operation: "up", stack: "lab", config }, (line) => {
    if (!began.test(line) || ++begun !== last) return;
    during = line;
    setTimeout(() => {
      killed = cutPower();
    }, randomInt(800));
  });
  const ended = await up.then(
    () => "succeeded",
    (error: unknown) => String(error),
  );
  assert(killed, `the engine was not there to be killed after ${begun} steps of ${last}: the up ${ended}`);
  assert.notEqual(ended, "succeeded", "the up whose engine was killed");
  return during;
}

/** Returns the account's resources that the stack does not know. */
async function unknown(): Promise<readonly string[]> {
  const { outputs } = await carryOut({ operation: "export", stack: "lab" });
  const { resources } = outputs.deployment as { resources: { type: string; id?: string }[] };
  const known = new Set(resources.map(({ type, id }) => `${type} ${id}`));
  return (await cloud.resources()).filter((resource) => !known.has(resource));
}

/** Runs the next up; throws unless the account and the hosts are then exactly what the stack says. */
export async function finishUp(): Promise<string> {
  const since = Date.now();
  const { changes } = await carryOut({ operation: "up", stack: "lab" });
  const took = seconds(since);
  assert.deepEqual(await findDrift(), [], "drift after the up");
  const { same: _, ...left } = (await carryOut({ operation: "preview", stack: "lab" })).changes;
  assert.deepEqual(left, {}, "left to do after the up");
  assert.deepEqual(await unknown(), [], "in the account, and not in the stack");
  return `${changes.create ?? 0} created, ${changes.update ?? 0} updated in ${took}, no drift`;
}
