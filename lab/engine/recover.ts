/**
 * Repairs what a killed engine left: its lock blocks the next engine, and its state says of some resources only that
 * an operation was pending. Both are fixed before anything else happens.
 */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { isAlive, stop } from "./processes.ts";

/** A resource in the state whose creation had begun. */
export interface Begun {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/**
 * Returns the id of the resource if it was created after all; undefined if it was not, or if creating it again is
 * harmless. `taken`: ids of the resources of its type that the state already has.
 */
export type Adopt = (begun: Begun, taken: ReadonlySet<string>) => Promise<string | undefined>;

interface State {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly (Begun & { readonly id?: string })[];
    readonly pending_operations?: readonly { readonly type: string; readonly resource: Begun }[];
  };
}

/** What recovery needs from a stack. */
export interface Access {
  readonly stack: Stack;
  /** Absolute path of the file backend. */
  readonly backend: string;
  /** Reads the state as JSON, with its secrets encrypted, and writes it back. */
  readonly exportState: () => Promise<string>;
  readonly importState: (state: string) => Promise<void>;
}

/** Returns the files in a folder of the backend. */
async function files(backend: string, folder: string): Promise<string[]> {
  const all = join(backend, ".pulumi", folder);
  const entries = await readdir(all, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Returns whether a state has pending operations; asking the engine itself would take half a second. */
async function isUnfinished(backend: string): Promise<boolean> {
  const states = (await files(backend, "stacks")).filter((file) => file.endsWith(".json"));
  const texts = await Promise.all(states.map((file) => readFile(file, "utf8")));
  return texts.some((text) => text.includes('"pending_operations"'));
}

/**
 * An engine may have outlived the process that started it. It is asked to end, since two engines must not share a
 * state.
 */
async function endOwner(lock: string): Promise<void> {
  const { pid } = JSON.parse(await readFile(lock, "utf8")) as { pid?: number };
  if (pid === undefined || !isAlive(pid)) return;
  const command = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
  if (command.trim() === "pulumi") await stop(pid, "SIGINT", 30);
}

/**
 * Repairs what a killed engine left; if it left nothing, does nothing, in milliseconds.
 * @returns what was fixed, one line each
 */
export async function recover(access: Access, adopt: Adopt): Promise<string[]> {
  const done: string[] = [];
  const locks = await files(access.backend, "locks");
  if (locks.length > 0) {
    for (const lock of locks) await endOwner(lock);
    for (const file of await files(access.backend, "stacks")) if (file.endsWith(".tmp")) await rm(file);
    await access.stack.cancel();
    done.push("lock of a killed engine removed");
  }
  if (!(await isUnfinished(access.backend))) return done;
  const state = JSON.parse(await access.exportState()) as State;
  const { pending_operations: pending = [], resources = [], ...rest } = state.deployment;
  if (pending.length === 0) return done;

  const adopted: (Begun & { id: string })[] = [];
  for (const { type, resource } of pending) {
    const there = [...resources, ...adopted].filter((other) => other.type === resource.type);
    if (type !== "creating" || there.some((other) => other.urn === resource.urn)) continue;
    const id = await adopt(resource, new Set(there.flatMap((other) => other.id ?? [])));
    if (id !== undefined) adopted.push({ ...resource, id });
  }
  const deployment = { ...rest, resources: [...resources, ...adopted] };
  await access.importState(JSON.stringify({ ...state, deployment }));
  // An adopted resource has no outputs yet: a refresh reads them.
  if (adopted.length > 0) await access.stack.refresh({ target: adopted.map((resource) => resource.urn) });
  done.push(`${pending.length} unfinished operations settled, ${adopted.length} resources adopted`);
  return done;
}
