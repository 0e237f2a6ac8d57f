/**
 * After an engine that was killed: its lock is in the way of the next one, and its state says of some resources only that
 * they were being worked on. Both are put right before anything else is done.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { isAlive, stop } from "./processes.ts";

/** A resource whose creation was begun, as the state has it. */
export interface Begun {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** The id of the resource if it came to be all the same; undefined if it did not, or if creating it again is harmless. */
export type Adopt = (begun: Begun) => Promise<string | undefined>;

interface State {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly Begun[];
    readonly pending_operations?: readonly { readonly type: string; readonly resource: Begun }[];
  };
}

/** What there is to do with a stack, besides the operations. */
export interface Access {
  readonly stack: Stack;
  /** Absolute path of the file backend. */
  readonly backend: string;
  /** The state as JSON, its secrets encrypted; and back. */
  readonly exportState: () => Promise<string>;
  readonly importState: (state: string) => Promise<void>;
}

async function locks(backend: string): Promise<string[]> {
  const folder = join(backend, ".pulumi", "locks");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
}

/** An engine may have outlived the process that started it: it is asked to end, since two may not share a state. */
async function endOwner(lock: string): Promise<void> {
  const { pid } = JSON.parse(await readFile(lock, "utf8")) as { pid?: number };
  if (pid === undefined || !isAlive(pid)) return;
  const command = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
  if (command.trim() === "pulumi") await stop(pid, "SIGINT", 30);
}

/**
 * Ends what a killed engine left; does nothing, in milliseconds, when it left nothing.
 * @returns what was put right, a line each
 */
export async function recover(access: Access, adopt: Adopt): Promise<string[]> {
  const done: string[] = [];
  const left = await locks(access.backend);
  if (left.length > 0) {
    for (const lock of left) await endOwner(lock);
    await access.stack.cancel();
    done.push("lock of a killed engine removed");
  }
  const state = JSON.parse(await access.exportState()) as State;
  const { pending_operations: pending = [], resources = [], ...rest } = state.deployment;
  if (pending.length === 0) return done;

  const known = new Set(resources.map((resource) => resource.urn));
  const adopted: (Begun & { id: string })[] = [];
  for (const { type, resource } of pending) {
    const id = type === "creating" && !known.has(resource.urn) ? await adopt(resource) : undefined;
    if (id !== undefined) adopted.push({ ...resource, id });
  }
  const deployment = { ...rest, resources: [...resources, ...adopted] };
  await access.importState(JSON.stringify({ ...state, deployment }));
  // An adopted resource has no outputs yet: they are read from where it is.
  if (adopted.length > 0) await access.stack.refresh({ target: adopted.map((resource) => resource.urn) });
  done.push(`${pending.length} unfinished operations settled, ${adopted.length} resources adopted`);
  return done;
}
