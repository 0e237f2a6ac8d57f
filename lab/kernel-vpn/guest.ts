/** The guest: started, asked to run commands, ended. It never outlives the process that started it. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { inNamespace, systemPath } from "../world/run.ts";
import { type GuestFiles, qemuCommand } from "./qemu.ts";

export interface Answer {
  /** Exit status; null when it was ended at its time limit. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GuestOptions {
  readonly input?: string;
  /** Network namespace of the guest to run in. Default: the gateway's, where systemd runs. */
  readonly netns?: string;
  /** Killed after this time. Default 30. */
  readonly seconds?: number;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** The last lines of a text, to be shown in an error. */
const tail = (text: string, lines: number) => text.trimEnd().split("\n").slice(-lines).join("\n  ");

export class Guest {
  readonly #console: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, Waiting>();
  #said = "";
  #last = 0;
  #kernel = "";
  #ready: () => void = () => {};

  private constructor(files: GuestFiles, accelerator: "kvm" | "tcg") {
    this.#console = files.console;
    const [command = "", ...args] = qemuCommand(files, accelerator);
    this.#process = spawn(command, args, { stdio: "pipe", env: { ...process.env, PATH: systemPath } });
    this.#process.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#said += text;
    });
    this.#process.stdin.on("error", () => {});
    createInterface({ input: this.#process.stdout }).on("line", (line) => this.#hear(line));
    this.#process.once("close", () => this.#end());
    this.#process.once("error", (error) => this.#end(error.message));
  }

  /**
   * Starts a guest and waits until it answers. Throws, with what its console says, when it does not.
   * @param seconds long enough for a processor that QEMU translates, and that others use too
   */
  static async boot(files: GuestFiles, accelerator: "kvm" | "tcg", seconds = 180): Promise<Guest> {
    mkdirSync(dirname(files.console), { recursive: true });
    rmSync(files.console, { force: true });
    const guest = new Guest(files, accelerator);
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        guest.#ready = resolve;
        guest.#waiting.set(0, { resolve: () => {}, reject });
        timer = setTimeout(
          () => reject(guest.#failure(`does not answer after ${seconds} s`)),
          seconds * 1000,
        );
      });
      return guest;
    } catch (error) {
      await guest.end();
      throw error;
    } finally {
      clearTimeout(timer);
      guest.#waiting.delete(0);
    }
  }

  /** Release of the kernel that runs. */
  get kernel(): string {
    return this.#kernel;
  }

  /** Runs a command to its end, however it ends. Throws only when the guest is gone. */
  ask(argv: readonly string[], options: GuestOptions = {}): Promise<Answer> {
    const { input = "", netns, seconds = 30 } = options;
    const id = ++this.#last;
    const answer = new Promise<Answer>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#process.stdin.write(`${JSON.stringify({ id, argv: inNamespace(netns, argv), input, seconds })}\n`);
    return answer;
  }

  /** Runs a command that must succeed; its stdout. Throws with what it printed. */
  async run(argv: readonly string[], options: GuestOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.ask(argv, options);
    if (code === 0) return stdout;
    const shown = argv.map((word) => (word.includes("\n") ? "(script)" : word)).join(" ");
    const how = code === null ? `took more than ${options.seconds ?? 30} s` : `ended with ${code}`;
    throw new Error(`guest: \`${shown}\` ${how}:\n  ${tail(stdout + stderr, 15) || "(no output)"}`);
  }

  /** A script for the guest's `sh -eu`. */
  sh(script: string, options: GuestOptions = {}): Promise<string> {
    return this.run(["sh", "-euc", script], options);
  }

  /** Power off. Ends well when it is gone already. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once("close", resolve));
    this.#process.kill("SIGKILL");
    await gone;
  }

  #hear(line: string): void {
    const said = JSON.parse(line) as { readonly kernel: string } | ({ readonly id: number } & Answer);
    if ("kernel" in said) {
      this.#kernel = said.kernel;
      this.#ready();
    } else {
      this.#waiting.get(said.id)?.resolve(said);
      this.#waiting.delete(said.id);
    }
  }

  #end(why = "its QEMU ended"): void {
    for (const { reject } of this.#waiting.values()) reject(this.#failure(why));
    this.#waiting.clear();
  }

  #failure(what: string): Error {
    let seen = "";
    try {
      seen = readFileSync(this.#console, "utf8");
    } catch {
      // QEMU did not come so far.
    }
    const words = [tail(this.#said, 5), tail(seen, 15)].filter(Boolean).join("\n  ");
    return new Error(`guest: ${what}. Its console (${this.#console}):\n  ${words || "(nothing)"}`);
  }
}
