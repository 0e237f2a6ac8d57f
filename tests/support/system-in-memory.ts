/**
 * A whole system that tests use as a host: an overlay over a root file system whose changes are in memory, in a mount
 * namespace that ends with it. It does not change the machine. Needs root.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withOwnMounts } from "../../lab/world/run.ts";

/** It ends after ten minutes, so a killed test leaves nothing behind for long. */
const hold = `set -eu
mount -t tmpfs tmpfs "$2"
cd "$2"
mkdir upper work root
mount -t overlay overlay -o "lowerdir=$1,upperdir=upper,workdir=work" root
cd root
mount --rbind /dev dev
mount -t proc proc proc
mount -t tmpfs tmpfs run
mkdir run/lock
echo ready
exec sleep 600`;

export class SystemInMemory {
  readonly #folder = mkdtempSync(join(tmpdir(), "system-"));
  readonly #holder;
  /** The system cannot be used earlier. */
  readonly ready: Promise<void>;

  /** @param lower the root file system below the overlay */
  constructor(lower: string) {
    const [command = "", ...args] = withOwnMounts(hold, lower, this.#folder);
    this.#holder = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let complaint = "";
    this.#holder.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    this.ready = new Promise((resolve, reject) => {
      this.#holder.stdout.once("data", () => resolve());
      this.#holder.once("exit", () => reject(new Error(`no system over ${lower}: ${complaint}`)));
    });
  }

  get #root(): string {
    return join(this.#folder, "root");
  }

  /** Returns the command that runs `argv` in it, in the network namespace of the caller. */
  inside(...argv: readonly string[]): readonly [string, ...string[]] {
    return ["nsenter", `--mount=/proc/${this.#holder.pid}/ns/mnt`, "chroot", this.#root, ...argv];
  }

  /** Returns the machine's path of a file of the system. */
  at(path: string): string {
    return join(`/proc/${this.#holder.pid}/root`, this.#root, path);
  }

  /** Removes the system and all of its changes, as soon as no process runs in it. */
  remove(): void {
    this.#holder.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true });
  }
}
