/** Runs ava, with what the tests ask of the machine besides Node: installed where apt can do it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { provide } from "../../lab/world/machine.ts";
import { project } from "../../lab/world/paths.ts";

export const bin = join(project, "node_modules/.bin");

/** Command → Debian's package. */
const commands = {
  awk: "mawk",
  dash: "dash",
  "dpkg-deb": "dpkg",
  flock: "util-linux",
  gpg: "gnupg",
  ip: "iproute2",
  nft: "nftables",
  openssl: "openssl",
  pkill: "procps",
  python3: "python3",
  shellcheck: "shellcheck",
  "ssh-agent": "openssh-client",
};

export interface Result {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
}

export async function finished(name: string, child: ChildProcess): Promise<Result> {
  const start = performance.now();
  const status = await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  return { name, passed: status === 0, seconds: (performance.now() - start) / 1000 };
}

/** A new folder, for users besides this one too. */
function newFolder(parent: string): string {
  const folder = mkdtempSync(join(parent, "npm-test-"));
  chmodSync(folder, 0o755);
  return folder;
}

/**
 * In memory: the steps' tests write and remove thousands of files. On the disk where there is no such folder, or no program
 * may be run from it.
 */
export function inMemory(): string {
  try {
    const folder = newFolder("/dev/shm");
    const program = join(folder, "program");
    writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
    if (spawnSync(program).status === 0) return folder;
    rmSync(folder, { recursive: true });
  } catch {
    // No such folder, or not for this user.
  }
  return onDisk();
}

/** Where also those tests find it that have a /dev of their own. */
export const onDisk = (): string => newFolder(tmpdir());

/**
 * Runs ava to its end.
 * @param args ava's own
 * @param scratch the tests' temporary folder, which is removed afterwards
 * @param within a command that runs the one given after its arguments
 */
export async function ava(
  args: readonly string[],
  scratch: string,
  within: readonly string[] = [],
): Promise<Result> {
  await provide("test", commands, (line) => console.log(line));
  // Every Node that is started from here, also by a test, finds compiled what another one compiled.
  const compiled = join(project, "node_modules/.cache/compiled");
  const env = { ...process.env, NODE_COMPILE_CACHE: compiled, TMPDIR: scratch };
  const [file = "", ...rest] = [...within, join(bin, "ava"), ...args];
  try {
    return await finished("tests", spawn(file, rest, { cwd: project, stdio: "inherit", env }));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Says how each part ended, and sets this process's status by it. */
export function conclude(results: readonly Result[]): void {
  for (const { name, passed, seconds } of results)
    console.log(`${passed ? "✔" : "✘"} ${name} (${seconds.toFixed(0)} s)`);
  process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
}
