/**
 * Stand-in for the `command` provider 1.2.1 where the real plugin is not to be had: `command:remote:Command` alone, with
 * the same semantics, as read from its source (github.com/pulumi/pulumi-command, provider/pkg/provider/remote):
 *
 * - a changed `triggers` replaces; any other changed input updates, the connection among them;
 * - an update runs `update`, else `create` again; a delete runs `delete` over the connection kept in the state;
 * - secrecy goes from an input to the output of the same name; `stdout` and `stderr` are as secret as the program says;
 * - a failure says how the command ended, the command, and all it printed; never what it was given on stdin.
 *
 * Different: a variable of `environment` that sshd refuses is not noticed; the handshake ends with `perDialTimeout` too.
 */
import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Provider } from "@pulumi/pulumi/provider/index.js";
import { z } from "zod";
import { engineLog, type LogLine } from "./engine-log.ts";
import { engineAddress, serve } from "./plugin.ts";
import { connection, type Output, run } from "./ssh.ts";
import { hasUnknown, reveal, secret, type Values } from "./values.ts";

export const VERSION = "1.2.1";

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

/** Calls `line` for each whole line; the rest when told that there is no more. */
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

function only(type: string): string {
  if (type !== "command:remote:Command")
    throw new Error(
      `${type}: this stand-in knows command:remote:Command alone; install the real plugin with \`pulumi plugin install resource command ${VERSION}\``,
    );
  return type;
}
const typeOf = (urn: string) => (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";

export function commandProvider(log: LogLine): Provider {
  const cancelled = new AbortController();

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
        signal: cancelled.signal,
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
    version: VERSION,

    check: async (urn: string, _olds: Values, news: Values) => {
      only(typeOf(urn));
      if (hasUnknown(news.connection)) return { inputs: news };
      const parsed = inputs.safeParse(reveal(news));
      const failures = (parsed.error?.issues ?? [])
        .filter((issue) => !hasUnknown(news[String(issue.path[0])]))
        .map((issue) => ({ property: issue.path.join("."), reason: issue.message }));
      // The private key is in there: secret, whether the program said so or not.
      return { inputs: { ...news, connection: secret(news.connection) }, failures };
    },

    diff: async (_id: string, _urn: string, olds: Values, news: Values) => {
      const before = pick(olds, names);
      const after = pick(news, names);
      const changed = names.filter((name) => !isDeepStrictEqual(reveal(before[name]), reveal(after[name])));
      return { changes: changed.length > 0, replaces: changed.filter((name) => name === "triggers") };
    },

    create: async (urn: string, news: Values) => {
      const wanted = state.parse(reveal(news));
      const output = await execute(urn, wanted.create, wanted);
      return {
        id: `${urn.split("::").at(-1)}${randomBytes(4).toString("hex")}`,
        outs: { ...news, ...output },
      };
    },

    update: async (_id: string, urn: string, olds: Values, news: Values) => {
      const { stdout, stderr } = state.parse(reveal(olds));
      const wanted = state.parse({ ...(reveal(news) as Values), stdout, stderr });
      return { outs: { ...news, ...(await execute(urn, wanted.update ?? wanted.create, wanted)) } };
    },

    delete: async (_id: string, urn: string, olds: Values) => {
      const last = state.parse(reveal(olds));
      await execute(urn, last.delete, last);
    },

    cancel: async () => cancelled.abort(new Error("context canceled")),
  };
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  await serve(commandProvider(engineLog(engineAddress(args))), args);
}
