/**
 * A whole copy of this machine's system, so that a step meets the real apt and dpkg: an overlay over `/` whose changes
 * are in memory, in a mount namespace of its own. Nothing of it reaches the machine. Needs root.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { program } from "../../../../pi/converge.ts";
import type { Step, StepResult } from "../../../../pi/step.ts";

const lay = `set -eu
mount -t tmpfs tmpfs "$1"
mkdir "$1/up" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
mount -t tmpfs tmpfs "$1/root/run"
mkdir -p "$1/root/run/lock"
echo ready
exec sleep 600`;

export class Machine {
  readonly #folder = mkdtempSync(join(tmpdir(), "machine-"));
  readonly #holder: ChildProcess;
  readonly #ready: Promise<void>;

  constructor(t: ExecutionContext) {
    this.#holder = spawn("unshare", [
      "--mount",
      "--propagation",
      "private",
      "sh",
      "-c",
      lay,
      "sh",
      this.#folder,
    ]);
    let complaint = "";
    this.#holder.stderr?.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    this.#ready = new Promise((resolve, reject) => {
      this.#holder.stdout?.once("data", () => resolve());
      this.#holder.once("exit", () => reject(new Error(complaint)));
    });
    t.teardown(() => {
      this.#holder.kill("SIGKILL");
      rmSync(this.#folder, { recursive: true });
    });
  }

  /** Runs sh on the machine; throws what it printed unless it succeeds. */
  async sh(script: string): Promise<string> {
    const { status, stdout, stderr } = await this.#run(["sh", "-euc", script], "");
    if (status !== 0) throw new Error(`${script}: ${status}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Carries a step out as a host does. */
  async succeed(step: Step, action: "converge" | "undo" = "converge"): Promise<StepResult> {
    const { status, stdout, stderr } = await this.#run(["sh", "-s", "--", action], program(step));
    if (status !== 0) throw new Error(`${step.name}: ${action}: ${status}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as StepResult;
  }

  /** As `succeed`, but it must fail. Gives what it printed on stderr. */
  async refuse(step: Step): Promise<string> {
    const { status, stdout, stderr } = await this.#run(["sh", "-s", "--", "converge"], program(step));
    if (status !== 1) throw new Error(`${step.name}: should fail: ${status}: ${stdout}${stderr}`);
    return stderr;
  }

  /** Puts a file of the test's onto the machine. */
  async put(path: string, from: string): Promise<void> {
    await this.#ready;
    execFileSync("nsenter", [
      "-t",
      `${this.#holder.pid}`,
      "-m",
      "cp",
      from,
      join(this.#folder, "root", path),
    ]);
  }

  async #run(command: readonly string[], stdin: string) {
    await this.#ready;
    const child = spawn(
      "nsenter",
      ["-t", `${this.#holder.pid}`, "-m", "chroot", join(this.#folder, "root"), ...command],
      { env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } },
    );
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        said[stream] += text;
      });
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
    const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { status, ...said };
  }
}
