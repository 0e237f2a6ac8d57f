/** One command over SSH and its output, with the messages of Go's ssh package, as in ssh.ts. */
import { type Connection, type DialOptions, dial } from "./ssh.ts";

export interface RunOptions extends DialOptions {
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly onStdout?: (text: string) => void;
  readonly onStderr?: (text: string) => void;
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

const SIGNALS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ABRT: 6,
  KILL: 9,
  PIPE: 13,
  TERM: 15,
};

/** Returns the message of Go's ssh package for the way in which the command ended; undefined for success. */
function ending(code: number | null | undefined, signal: string | undefined): string | undefined {
  if (code === 0) return undefined;
  if (typeof code === "number") return `Process exited with status ${code}`;
  if (signal !== undefined) {
    const name = signal.replace(/^SIG/, "");
    return `Process exited with status ${128 + (SIGNALS[name] ?? 0)} from signal ${name}`;
  }
  return "wait: remote command exited without exit status or exit signal";
}

/**
 * Runs one command on the host, until its output ends.
 * @throws when the host cannot be reached, shows another host key, or the command ends with a status other than 0
 */
export async function run(to: Connection, command: string, options: RunOptions): Promise<Output> {
  const { client, close } = await dial(to, options);
  try {
    return await new Promise<Output>((resolve, reject) => {
      const streams = { stdout: "", stderr: "", both: "" };
      const take = (name: "stdout" | "stderr", forward?: (text: string) => void) => (text: string) => {
        streams[name] += text;
        streams.both += text;
        forward?.(text);
      };
      client.exec(command, { env: { ...options.environment } }, (error, channel) => {
        if (error) return reject(error);
        let ended: string | undefined = ending(undefined, undefined);
        channel.setEncoding("utf8").on("data", take("stdout", options.onStdout));
        channel.stderr.setEncoding("utf8").on("data", take("stderr", options.onStderr));
        channel.on("exit", (code: number | null, signal?: string) => {
          ended = ending(code, signal);
        });
        channel.on("close", () => {
          if (ended !== undefined)
            return reject(new Error(`${ended}: running ${JSON.stringify(command)}:\n${streams.both}`));
          resolve({ stdout: streams.stdout.replace(/\n$/, ""), stderr: streams.stderr.replace(/\n$/, "") });
        });
        // A command that ends without reading its input has not failed.
        channel.stdin.on("error", () => undefined);
        channel.end(options.stdin ?? "");
      });
    });
  } finally {
    close();
  }
}
