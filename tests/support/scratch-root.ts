import { execFile, spawn } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { program, rootProgram } from "../../pi/converge.ts";
import type { Step, StepResult } from "../../pi/step.ts";

export interface Run {
  /** Exit status; null when the program was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The line of JSON on stdout; undefined unless it is exactly one. */
  readonly result: StepResult | undefined;
}

export interface Entry {
  readonly type: "file" | "folder" | "link";
  readonly mode: number;
  readonly uid: number;
  /** A file's content or a link's target. */
  readonly content: string;
}

export type Action = "converge" | "check" | "undo";

const shell = "/bin/dash";

/**
 * A folder in place of a host's root, with stand-ins for the host's commands: steps are converged and undone in it
 * by a real `sh`. Remove it with `t.teardown(() => host.remove())`.
 */
export class ScratchRoot {
  readonly root: string;
  /** The owner of these runs; empty: ownership is not checked. */
  owner = "";
  readonly #commands: string;

  constructor() {
    const folder = fs.mkdtempSync(join(tmpdir(), "scratch-root-"));
    this.root = join(folder, "root");
    this.#commands = join(folder, "commands");
    fs.mkdirSync(this.#commands);
    for (const path of ["/etc", "/var/lib", "/usr", "/boot", "/run", "/proc/sys/kernel/random"]) {
      fs.mkdirSync(join(this.root, path), { recursive: true });
    }
    this.boot("first");
    // The machine that runs the tests must not change.
    for (const name of ["systemctl", "systemd-run", "apt-get", "dpkg", "dpkg-query", "reboot", "sync"]) {
      this.fake(name);
    }
  }

  remove(): void {
    fs.rmSync(dirname(this.root), { recursive: true, force: true });
  }

  /** Does what steps can see of a boot: another boot id, an empty /run. */
  boot(id: string): void {
    this.write("/proc/sys/kernel/random/boot_id", `${id}\n`);
    fs.rmSync(join(this.root, "run"), { recursive: true });
    fs.mkdirSync(join(this.root, "run"));
  }

  path(path: string): string {
    return join(this.root, path);
  }

  write(path: string, content: string, mode = 0o644): void {
    fs.mkdirSync(dirname(this.path(path)), { recursive: true });
    fs.writeFileSync(this.path(path), content);
    fs.chmodSync(this.path(path), mode);
  }

  read(path: string): string {
    return fs.readFileSync(this.path(path), "utf8");
  }

  exists(path: string): boolean {
    return fs.lstatSync(this.path(path), { throwIfNoEntry: false }) !== undefined;
  }

  /** Permission bits, for example 0o600. */
  mode(path: string): number {
    return fs.statSync(this.path(path)).mode & 0o7777;
  }

  /** Returns everything under the root by its path, without /run, /proc and /dev, for comparison before and after. */
  snapshot(): Record<string, Entry> {
    const entries: Record<string, Entry> = {};
    const visit = (path: string) => {
      for (const name of fs.readdirSync(this.path(path)).sort()) {
        const inner = join(path, name);
        if (/^\/(run|proc|dev)(\/|$)/.test(inner)) continue;
        const stat = fs.lstatSync(this.path(inner));
        const type = stat.isSymbolicLink() ? "link" : stat.isDirectory() ? "folder" : "file";
        const content =
          type === "link" ? fs.readlinkSync(this.path(inner)) : type === "file" ? this.read(inner) : "";
        entries[inner] = { type, mode: stat.mode & 0o7777, uid: stat.uid, content };
        if (type === "folder") visit(inner);
      }
    };
    visit("/");
    return entries;
  }

  /**
   * Puts a stand-in for a command before the real one: a POSIX sh script, by default one that succeeds silently. Every
   * call is noted in `calls()`; `$ROOT` is the scratch root.
   */
  fake(name: string, script = ":"): void {
    const path = join(this.#commands, name);
    const note = `printf '%s\\n' "${name}\${*:+ $*}" >>'${this.#commands}/.calls'`;
    fs.writeFileSync(path, `#!/bin/sh\nROOT='${this.root}'\n${note}\n${script}\n`);
    fs.chmodSync(path, 0o755);
  }

  /**
   * Adds a stand-in for `dpkg-query -W -f FORMAT NAME…`: a package is installed when the host has a file of this prefix
   * and the package's name; the others it does not know.
   */
  fakeInstalled(prefix: string): void {
    this.fake(
      "dpkg-query",
      `shift 3; status=0
for name; do if [ -e "$ROOT${prefix}$name" ]; then echo "$name installed"; else status=1; fi; done
exit $status`,
    );
  }

  /** Removes a stand-in, so that the real command is found again, or none. */
  unfake(name: string): void {
    fs.rmSync(join(this.#commands, name), { force: true });
  }

  /** Returns the calls of stand-ins so far, each as "name argument…", and forgets them. */
  calls(): string[] {
    const path = join(this.#commands, ".calls");
    const calls = fs.existsSync(path) ? fs.readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
    fs.rmSync(path, { force: true });
    return calls;
  }

  get environment(): NodeJS.ProcessEnv {
    return { PATH: `${this.#commands}:/usr/sbin:/usr/bin:/sbin:/bin` };
  }

  /** The text that `run` feeds to the shell: a step's, or the text itself. */
  program(step: Step | string): string {
    return typeof step === "string" ? step : program(step, { root: this.root, owner: this.owner });
  }

  /** Runs the step's program as a host does: `sh -s -- converge` (or another action) with the program on stdin. */
  run(step: Step | string, action: Action = "converge", environment: NodeJS.ProcessEnv = {}): Promise<Run> {
    return new Promise((resolve) => {
      const child = execFile(
        shell,
        ["-s", "--", action],
        { env: { ...this.environment, ...environment }, maxBuffer: 1 << 24 },
        (_error, stdout, stderr) =>
          resolve({ status: child.exitCode, stdout, stderr, result: parse(stdout) }),
      );
      child.stdin?.on("error", () => {});
      child.stdin?.end(this.program(step));
    });
  }

  /** Like `run`, but throws the step's output unless it succeeds. */
  async succeed(step: Step | string, action: Action = "converge"): Promise<StepResult> {
    const { status, stdout, stderr, result } = await this.run(step, action);
    if (status !== 0 || !result) {
      throw new Error(`${nameOf(step)}: ${action}: exit status ${status}: ${stdout}${stderr}`);
    }
    return result;
  }

  /** Like `run`, but throws unless it fails. Returns its stderr. */
  async refuse(step: Step | string, action: Action = "converge"): Promise<string> {
    const { status, stdout, stderr } = await this.run(step, action);
    if (status !== 1 || stdout !== "") {
      throw new Error(
        `${nameOf(step)}: ${action}: should fail, but exit status ${status}: ${stdout}${stderr}`,
      );
    }
    return stderr;
  }

  /**
   * Runs root's half of the program and kills it, with all that it started, at the n-th point (from 1): before and
   * after every command of its own that changes something, and the stand-ins in `also`. Returns how many points it
   * passed.
   */
  runKilledAt(
    n: number,
    step: Step | string,
    action: Action = "converge",
    also: readonly string[] = [],
  ): Promise<number> {
    const killers = join(dirname(this.root), "killers");
    fs.rmSync(killers, { recursive: true, force: true });
    fs.mkdirSync(killers);
    for (const name of ["mv", "cp", "install", "rm", "mkdir", "rmdir", "chmod", "sync", ...also]) {
      const script = [
        "#!/bin/sh",
        `count=$(cat '${killers}/.count' 2>/dev/null || echo 0)`,
        `echo $((count + 2)) >'${killers}/.count'`,
        `[ $((count + 1)) != ${n} ] || kill -9 0`,
        `PATH=\${PATH#*:}`,
        `${name} "$@"`,
        "status=$?",
        `[ $((count + 2)) != ${n} ] || kill -9 0`,
        "exit $status",
      ];
      fs.writeFileSync(join(killers, name), `${script.join("\n")}\n`, { mode: 0o755 });
    }
    return new Promise((resolve) => {
      const child = spawn(shell, ["-s", "--", action], {
        // A process group of its own, which `kill 0` reaches.
        detached: true,
        env: { PATH: `${killers}:${this.environment.PATH}` },
        stdio: ["pipe", "ignore", "ignore"],
      });
      child.on("close", () => resolve(Number(fs.readFileSync(join(killers, ".count"), "utf8"))));
      child.stdin.on("error", () => {});
      child.stdin.end(
        typeof step === "string" ? step : rootProgram(step, { root: this.root, owner: this.owner }),
      );
    });
  }
}

const nameOf = (step: Step | string) => (typeof step === "string" ? "text" : step.name);

function parse(stdout: string): StepResult | undefined {
  const [line, ...rest] = stdout.split("\n");
  return line && rest.join("") === "" ? (JSON.parse(line) as StepResult) : undefined;
}
