/** The one way to run a command: its output is the result, its failure an error that shows what it printed. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { delimiter, dirname } from "node:path";

/** The system's own commands only: npm puts its packages' first, and one of them is called nft. */
export const systemPath = [
  ...(process.env.PATH ?? "").split(delimiter).filter((dir) => !dir.endsWith("node_modules/.bin")),
  "/usr/sbin",
  "/sbin",
].join(delimiter);

export interface RunOptions {
  /** Text for stdin. */
  readonly input?: string;
  /** Network namespace to run in. */
  readonly netns?: string;
  /** File that the command and all of its output are appended to. */
  readonly log?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Killed, and failed, after this time. Default 120. */
  readonly timeoutSeconds?: number;
}

export class CommandError extends Error {
  readonly code: number | null;
  constructor(argv: readonly string[], code: number | null, output: string, log?: string) {
    const said = output.trim().split("\n").slice(-12).join("\n  ");
    const where = log === undefined ? "" : `; the whole output is in ${log}`;
    const shown = argv.map((word) => (word.includes("\n") ? "(script)" : word)).join(" ");
    super(`\`${shown}\` ended with ${code ?? "a signal"}${where}:\n  ${said || "(no output)"}`);
    this.name = "CommandError";
    this.code = code;
  }
}

export const inNamespace = (netns: string | undefined, argv: readonly string[]) =>
  netns === undefined ? argv : ["ip", "netns", "exec", netns, ...argv];

/** Runs to the end and returns stdout. Throws CommandError unless the exit status is 0. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const [command = "", ...args] = inNamespace(options.netns, argv);
  if (options.log !== undefined) mkdirSync(dirname(options.log), { recursive: true });
  const log = options.log === undefined ? undefined : openSync(options.log, "a");
  if (log !== undefined) writeSync(log, `$ ${argv.join(" ")}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, PATH: systemPath, LC_ALL: "C.UTF-8", ...options.env },
      timeout: (options.timeoutSeconds ?? 120) * 1000,
      killSignal: "SIGKILL",
    });
    let stdout = "";
    let all = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      all += text;
      if (log !== undefined) writeSync(log, text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      all += text;
      if (log !== undefined) writeSync(log, text);
    });
    child.stdin.on("error", () => {}).end(options.input ?? "");
    const finish = (code: number | null, failure?: string) => {
      if (log !== undefined) closeSync(log);
      if (code === 0) resolve(stdout);
      else reject(new CommandError(argv, code, failure ?? all, options.log));
    };
    child.on("error", (error) => finish(null, error.message));
    child.on("close", (code) => finish(code));
  });
}

/** True when the command ends with 0; never throws for a failing command. */
export const succeeds = (argv: readonly string[], options: RunOptions = {}) =>
  run(argv, options).then(
    () => true,
    () => false,
  );

/** Tries until `test` returns a value, every `everyMs`, for at most `seconds`; throws `otherwise()` after that. */
export async function until<T>(
  test: () => Promise<T | undefined>,
  otherwise: () => Error | Promise<Error>,
  { seconds, everyMs = 100 }: { readonly seconds: number; readonly everyMs?: number },
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await test();
    if (value !== undefined) return value;
    if (Date.now() > end) throw await otherwise();
    await new Promise((wake) => setTimeout(wake, everyMs));
  }
}
