/**
 * Stand-in for the `command` provider 1.2.1 where the real plugin is not available: `command:remote:Command` and
 * `command:remote:CopyToRemote` alone, with the same semantics, as read from its source
 * (github.com/pulumi/pulumi-command, provider/pkg/provider/remote).
 */
import type { Provider } from "@pulumi/pulumi/provider/index.js";
import { copyToRemote } from "./copy-to-remote.ts";
import { engineLog, type LogLine } from "./engine-log.ts";
import { engineAddress, serve } from "./plugin.ts";
import { remoteCommand } from "./remote-command.ts";
import type { RemoteResource } from "./remote-resource.ts";
import { hasUnknown, reveal, secret, type Values } from "./values.ts";

export const VERSION = "1.2.1";

export function commandProvider(log: LogLine): Provider {
  const cancelled = new AbortController();
  const resources: Readonly<Record<string, RemoteResource>> = {
    "command:remote:Command": remoteCommand(log, cancelled.signal),
    "command:remote:CopyToRemote": copyToRemote(log, cancelled.signal),
  };

  function resourceOf(urn: string): RemoteResource {
    const type = (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
    const resource = resources[type];
    if (resource === undefined)
      throw new Error(
        `${type}: this stand-in knows ${Object.keys(resources).join(" and ")} alone; install the real plugin with \`pulumi plugin install resource command ${VERSION}\``,
      );
    return resource;
  }

  return {
    version: VERSION,

    check: async (urn: string, _olds: Values, news: Values) => {
      const resource = resourceOf(urn);
      if (hasUnknown(news.connection)) return { inputs: news };
      const failures = resource
        .issues(reveal(news))
        .filter(({ path }) => !hasUnknown(news[String(path[0])]))
        .map(({ path, message }) => ({ property: path.join("."), reason: message }));
      // It contains the private key, so it is secret even if the program did not say so.
      return { inputs: { ...news, connection: secret(news.connection) }, failures };
    },

    diff: async (_id: string, urn: string, olds: Values, news: Values) => {
      const changed = resourceOf(urn).diff(olds, news);
      return { changes: changed.length > 0, replaces: changed.filter((name) => name === "triggers") };
    },

    create: async (urn: string, news: Values) => resourceOf(urn).create(urn, news),

    update: async (_id: string, urn: string, olds: Values, news: Values) => ({
      outs: await resourceOf(urn).update(urn, olds, news),
    }),

    delete: async (_id: string, urn: string, olds: Values) => resourceOf(urn).delete(urn, olds),

    cancel: async () => cancelled.abort(new Error("context canceled")),
  };
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  await serve(commandProvider(engineLog(engineAddress(args))), args);
}
