/** A copy of this machine's own system, so that a step meets the real apt and dpkg. */
import { spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import type { ExecutionContext } from "ava";
import { program } from "../../../../pi/converge.ts";
import type { Step, StepResult } from "../../../../pi/step.ts";
import { SystemInMemory } from "../../../support/system-in-memory.ts";

export class Machine {
  readonly #system = new SystemInMemory("/");

  constructor(t: ExecutionContext) {
    t.teardown(() => this.#system.remove());
  }

  /** Runs sh on the machine; throws its output when it fails. */
  async sh(script: string): Promise<string> {
    const { status, stdout, stderr } = await this.#run(["sh", "-euc", script], "");
    if (status !== 0) throw new Error(`${script}: ${status}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Carries out a step as a host does. */
  async succeed(step: Step, action: "converge" | "undo" = "converge"): Promise<StepResult> {
    const { status, stdout, stderr } = await this.#run(["sh", "-s", "--", action], program(step));
    if (status !== 0) throw new Error(`${step.name}: ${action}: ${status}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as StepResult;
  }

  /** Like `succeed`, but the script must fail. Returns its stderr. */
  async refuse(step: Step): Promise<string> {
    const { status, stdout, stderr } = await this.#run(["sh", "-s", "--", "converge"], program(step));
    if (status !== 1) throw new Error(`${step.name}: should fail: ${status}: ${stdout}${stderr}`);
    return stderr;
  }

  /** Copies a file of the test to the machine. */
  async put(path: string, from: string): Promise<void> {
    await this.#system.ready;
    copyFileSync(from, this.#system.at(path));
  }

  async #run(command: readonly string[], stdin: string) {
    await this.#system.ready;
    const [enter, ...args] = this.#system.inside(...command);
    const child = spawn(enter, args, { env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } });
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
