/**
 * `command:remote:Command` as the `command` provider 1.2.1 has it:
 *
 * - a changed `triggers` replaces; any other changed input updates, the connection among them;
 * - an update runs `update`, else `create` again; a delete runs `delete` over the connection kept in the state;
 * - a secret input makes the output of the same name secret; the program decides whether `stdout` and `stderr` are
 *   secret;
 * - a failure shows how the command ended, the command, and all of its output; never its stdin.
 *
 * Differences: does not notice when sshd refuses a variable of `environment`; `perDialTimeout` also limits the
 * handshake.
 */
import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { LogLine } from "./engine-log.ts";
import { type Output, run } from "./exec.ts";
import type { RemoteResource } from "./remote-resource.ts";
import { connection } from "./ssh.ts";
import { reveal, type Values } from "./values.ts";

const inputs = z.strictObject({
  connection,
  create: z.string().optional(),
  update: z.string().optional(),
  delete: z.string().optional(),
  stdin: z.string().optional(),
  logging: z.enum(["stdout", "stderr", "stdoutAndStderr", "none"]).default("stdoutAndStderr"),
  environment: z.record(z.string(), z.string()).optional(),
  addPreviousOutputInEnv: z.boolean().default(true),
  triggers: z.array(z.unknown()).optional(),
});
const names = Object.keys(inputs.shape);
const state = z.object({
  ...inputs.shape,
  stdout: z.string().default(""),
  stderr: z.string().default(""),
});
type State = z.output<typeof state>;

const pick = (values: Values, keys: readonly string[]) =>
  Object.fromEntries(keys.filter((key) => values[key] != null).map((key) => [key, values[key]]));

/** Calls `line` for each whole line, and for the rest at the end. */
function byLine(line: (text: string) => void) {
  let rest = "";
  return {
    take: (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const one of lines) line(one);
    },
    end: () => rest !== "" && line(rest),
  };
}

export function remoteCommand(log: LogLine, signal: AbortSignal): RemoteResource {
  async function execute(urn: string, command: string | undefined, wanted: State): Promise<Output> {
    if (command === undefined) return { stdout: wanted.stdout, stderr: wanted.stderr };
    const logs = (stream: "stdout" | "stderr") =>
      wanted.logging === stream || wanted.logging === "stdoutAndStderr";
    const out = byLine((line) => log(urn, line));
    const err = byLine((line) => log(urn, line));
    const previous = wanted.addPreviousOutputInEnv
      ? {
          ...(wanted.stdout !== "" && { PULUMI_COMMAND_STDOUT: wanted.stdout }),
          ...(wanted.stderr !== "" && { PULUMI_COMMAND_STDERR: wanted.stderr }),
        }
      : {};
    try {
      return await run(wanted.connection, command, {
        signal,
        onRetry: (line) => log(urn, line),
        environment: { ...wanted.environment, ...previous },
        ...(wanted.stdin !== undefined && { stdin: wanted.stdin }),
        ...(logs("stdout") && { onStdout: out.take }),
        ...(logs("stderr") && { onStderr: err.take }),
      });
    } finally {
      out.end();
      err.end();
    }
  }

  return {
    issues: (news) =>
      (inputs.safeParse(news).error?.issues ?? []).map(({ path, message }) => ({ path, message })),

    diff: (olds, news) => {
      const before = pick(olds, names);
      const after = pick(news, names);
      return names.filter((name) => !isDeepStrictEqual(reveal(before[name]), reveal(after[name])));
    },

    create: async (urn, news) => {
      const wanted = state.parse(reveal(news));
      const output = await execute(urn, wanted.create, wanted);
      return {
        id: `${urn.split("::").at(-1)}${randomBytes(4).toString("hex")}`,
        outs: { ...news, ...output },
      };
    },

    update: async (urn, olds, news) => {
      const { stdout, stderr } = state.parse(reveal(olds));
      const wanted = state.parse({ ...(reveal(news) as Values), stdout, stderr });
      return { ...news, ...(await execute(urn, wanted.update ?? wanted.create, wanted)) };
    },

    delete: async (urn, olds) => {
      const last = state.parse(reveal(olds));
      await execute(urn, last.delete, last);
    },
  };
}
