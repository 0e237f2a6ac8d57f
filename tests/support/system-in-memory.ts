/**
 * A whole system to work on as a host: an overlay over a root file system whose changes are in memory, in a mount
 * namespace that ends with it. Nothing of it reaches the machine. Needs root.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withOwnMounts } from "../../lab/world/run.ts";

/** Ends by itself some day: a test that was killed leaves nothing that stays. */
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
  /** Nothing can be done with it earlier. */
  readonly ready: Promise<void>;

  /** @param lower the root file system that it begins with */
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

  /** The command that runs `argv` in it, in the network namespace of whoever runs that. */
  inside(...argv: readonly string[]): readonly [string, ...string[]] {
    return ["nsenter", `--mount=/proc/${this.#holder.pid}/ns/mnt`, "chroot", this.#root, ...argv];
  }

  /** Where the machine sees a file of it. */
  at(path: string): string {
    return join(`/proc/${this.#holder.pid}/root`, this.#root, path);
  }

  /** Goes with all of its changes, as soon as nothing runs in it any more. */
  remove(): void {
    this.#holder.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true });
  }
}
