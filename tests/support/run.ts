/** Runs ava, with what the tests ask of the machine besides Node: installed where apt can do it. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
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

/**
 * Runs ava to its end.
 * @param args ava's own
 * @param within a command that runs the one given after its arguments
 */
export async function ava(args: readonly string[], within: readonly string[] = []): Promise<Result> {
  await provide("test", commands, (line) => console.log(line));
  const scratch = mkdtempSync(join(tmpdir(), "npm-test-"));
  // What is started by the tests may be of another user's.
  chmodSync(scratch, 0o755);
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
