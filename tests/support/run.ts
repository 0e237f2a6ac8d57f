/** Runs ava, with the packages that the tests need besides Node; apt installs them where it can. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { provide } from "../../lab/world/machine.ts";
import { project } from "../../lab/world/paths.ts";
import { bin, environment, packagedCommands } from "./environment.ts";

/** Command → Debian's package; README.md names those that some Debian systems lack. */
const commands = {
  awk: "mawk",
  curl: "curl",
  dash: "dash",
  "dpkg-deb": "dpkg",
  flock: "util-linux",
  gpg: "gnupg",
  ip: "iproute2",
  // The ECS agent's step brings it to the host.
  jq: "jq",
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

/** Returns a new folder, which other users can use too. */
function newFolder(parent: string): string {
  const folder = mkdtempSync(join(parent, "npm-test-"));
  chmodSync(folder, 0o755);
  return folder;
}

/**
 * In memory, since the steps' tests write and remove thousands of files. On the disk if there is no such folder, or no
 * program may be run from it.
 */
export function inMemory(): string {
  try {
    const folder = newFolder("/dev/shm");
    const program = join(folder, "program");
    writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
    if (spawnSync(program).status === 0) return folder;
    rmSync(folder, { recursive: true });
  } catch {
    // There is no such folder, or this user may not use it.
  }
  return onDisk();
}

/** A folder that tests with a /dev of their own can find too. */
export const onDisk = (): string => newFolder(tmpdir());

interface Options {
  /** A command that runs the command given after its arguments. */
  readonly within?: readonly string[];
  /** Where commands are looked up. Default: where packages put theirs. */
  readonly path?: string;
}

/** Prints the child's output; returns the end of the output. */
function passedOn({ stdout }: ChildProcess): () => string {
  let end = "";
  stdout?.setEncoding("utf8").on("data", (text: string) => {
    process.stdout.write(text);
    end = `${end}${text}`.slice(-20_000);
  });
  return () => stripVTControlCharacters(end);
}

/** Returns the number of tests that ava reports as `passed`, `skipped` or `todo`. */
const count = (said: string, what: string): number =>
  Number([...said.matchAll(new RegExp(`^ *(\\d+) tests? ${what}$`, "gm"))].at(-1)?.[1] ?? 0);

/**
 * Runs ava to its end, and prints how many tests passed and how many were skipped. A skipped test proves nothing, so
 * the run then fails.
 * @param args ava's own
 * @param scratch the tests' temporary folder, which is removed afterwards
 */
export async function ava(
  args: readonly string[],
  scratch: string,
  { within = [], path = packagedCommands }: Options = {},
): Promise<Result> {
  await provide("test", commands, (line) => console.log(line), path);
  const env = environment(process.env, scratch, path);
  process.umask(0o022);
  mkdirSync(join(scratch, "home"));
  const colours = process.stdout.isTTY && process.env.NO_COLOR === undefined ? "--color" : "--no-color";
  const [file = "", ...rest] = [...within, join(bin, "ava"), colours, ...args];
  try {
    const child = spawn(file, rest, { cwd: project, stdio: ["inherit", "pipe", "inherit"], env });
    const said = passedOn(child);
    const result = await finished("tests", child);
    const skipped = count(said(), "skipped") + count(said(), "todo");
    // If a test failed, ava does not count those that passed.
    if (result.passed) console.log(`\ntests: ${count(said(), "passed")} passed, ${skipped} skipped`);
    return { ...result, passed: result.passed && skipped === 0 };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Prints how each part ended, and sets this process's status. */
export function conclude(results: readonly Result[]): void {
  for (const { name, passed, seconds } of results)
    console.log(`${passed ? "✔" : "✘"} ${name} (${seconds.toFixed(0)} s)`);
  process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
}
