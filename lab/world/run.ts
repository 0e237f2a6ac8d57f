/** The one way to run a command: its output is the result, its failure an error that shows what it printed. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { delimiter, dirname } from "node:path";

/** Only the system's own commands: npm puts those of its packages first, and one of them is called nft. */
export const systemPath = [
  ...(process.env.PATH ?? "").split(delimiter).filter((dir) => !dir.endsWith("node_modules/.bin")),
  "/usr/sbin",
  "/sbin",
].join(delimiter);

export interface RunOptions {
  /** Text for stdin. */
  readonly input?: string;
  /** Folder to run in. Default: that of this process. */
  readonly cwd?: string;
  /** Network namespace to run in. */
  readonly netns?: string;
  /** File that the command and all of its output are appended to. */
  readonly log?: string;
  /** In addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line of stdout and stderr that is not blank, when it arrives. */
  readonly onLine?: (line: string) => void;
  /** The command is killed, and fails, after this time. Default: 120, or no limit with `silenceSeconds`. */
  readonly timeoutSeconds?: number;
  /** The command is killed, and fails, when it prints nothing for this long. */
  readonly silenceSeconds?: number;
}

export class CommandError extends Error {
  /** The exit status; null when the command was killed or never started. */
  readonly code: number | null;
  /** @param ending the exit status, or why the command was killed */
  constructor(argv: readonly string[], ending: number | string | null, output: string, log?: string) {
    const said = output.trim().split("\n").slice(-12).join("\n  ");
    const where = log === undefined ? "" : `; the whole output is in ${log}`;
    const shown = argv.map((word) => (word.includes("\n") ? "(script)" : word)).join(" ");
    const how = typeof ending === "string" ? `was killed: ${ending}` : `ended with ${ending ?? "a signal"}`;
    super(`\`${shown}\` ${how}${where}:\n  ${said || "(no output)"}`);
    this.name = "CommandError";
    this.code = typeof ending === "number" ? ending : null;
  }
}

export const inNamespace = (netns: string | undefined, argv: readonly string[]) =>
  netns === undefined ? argv : ["ip", "netns", "exec", netns, ...argv];

/**
 * Returns the command that runs a script of `sh` with `words` as its arguments. Its mounts are its own, and vanish with
 * it.
 */
export const withOwnMounts = (script: string, ...words: readonly string[]): readonly string[] => [
  ...["unshare", "--mount", "--propagation", "private"],
  ...["sh", "-c", script, "sh", ...words],
];

/** Runs a command to its end and returns stdout. Throws CommandError unless the exit status is 0. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const [command = "", ...args] = inNamespace(options.netns, argv);
  if (options.log !== undefined) mkdirSync(dirname(options.log), { recursive: true });
  const log = options.log === undefined ? undefined : openSync(options.log, "a");
  if (log !== undefined) writeSync(log, `$ ${argv.join(" ")}\n`);
  const { silenceSeconds, timeoutSeconds = silenceSeconds === undefined ? 120 : undefined } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      env: { ...process.env, PATH: systemPath, LC_ALL: "C.UTF-8", ...options.env },
    });
    let why: string | undefined;
    const killAfter = (seconds: number | undefined, reason: string) =>
      seconds === undefined
        ? undefined
        : setTimeout(() => {
            why = reason;
            child.kill("SIGKILL");
          }, seconds * 1000);
    const end = killAfter(timeoutSeconds, `not done after ${timeoutSeconds} s`);
    const silence = killAfter(silenceSeconds, `said nothing for ${silenceSeconds} s`);
    let stdout = "";
    let all = "";
    for (const stream of [child.stdout, child.stderr]) {
      const lines = lineByLine(options.onLine);
      stream.setEncoding("utf8").on("data", (text: string) => {
        silence?.refresh();
        all += text;
        if (stream === child.stdout) stdout += text;
        if (log !== undefined) writeSync(log, text);
        lines.take(text);
      });
      stream.on("end", lines.end);
    }
    child.stdin.on("error", () => {}).end(options.input ?? "");
    const finish = (code: number | null, failure?: string) => {
      clearTimeout(end);
      clearTimeout(silence);
      if (log !== undefined) closeSync(log);
      if (code === 0) resolve(stdout);
      else reject(new CommandError(argv, why ?? code, failure ?? all, options.log));
    };
    child.on("error", (error) => finish(null, error.message));
    child.on("close", (code) => finish(code));
  });
}

/** Splits text that comes in pieces into lines, and omits blank ones. */
function lineByLine(onLine: (line: string) => void = () => {}) {
  let rest = "";
  const tell = (line: string) => {
    if (line.trim() !== "") onLine(line);
  };
  return {
    take: (text: string) => {
      const lines = `${rest}${text}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) tell(line);
    },
    end: () => tell(rest),
  };
}

/** Returns whether the command ends with 0; never throws for a failing command. */
export const succeeds = (argv: readonly string[], options: RunOptions = {}) =>
  run(argv, options).then(
    () => true,
    () => false,
  );

/** Calls `test` every `everyMs` until it returns a value, for at most `seconds`; then throws `otherwise()`. */
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
