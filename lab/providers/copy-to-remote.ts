/**
 * `command:remote:CopyToRemote` as the `command` provider 1.2.1 has it, for assets:
 *
 * - a create copies; an update copies only when the asset's hash or `remotePath` changed, whatever else did;
 * - a changed `triggers` replaces; a delete does nothing, so that a replacement copies again and removes nothing;
 * - the file is written over SFTP as the user who logs in, with the mode that the host gives it; missing folders above
 *   it are created; a `remotePath` that is a folder gets the file inside, under the source's name.
 *
 * Differences: archives are refused; `perDialTimeout` also limits the handshake.
 */
import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { LogLine } from "./engine-log.ts";
import type { RemoteResource } from "./remote-resource.ts";
import { upload } from "./sftp.ts";
import { connection } from "./ssh.ts";
import { reveal } from "./values.ts";

/** An asset in Pulumi's wire format (sdk/go/common/resource/sig); in the state only its hash. */
const asset = z
  .looseObject({ path: z.string().optional(), text: z.string().optional(), hash: z.string().optional() })
  .refine((source) => isAsset(source), "this stand-in copies assets alone, no archives");
const isAsset = (source: Readonly<Record<string, unknown>>) =>
  source["4dabf18193072939515e22adb298388d"] === "c44067f5952c0a294b673a41bacd8c17";

const shape = {
  connection,
  source: asset,
  remotePath: z.string(),
  triggers: z.array(z.unknown()).optional(),
};
const inputs = z.strictObject(shape);
const newInputs = z.strictObject({
  ...shape,
  source: asset.refine(
    ({ path, text }) => Boolean(path) || Boolean(text),
    "asset must be a path-based file asset or a text asset",
  ),
});
type Inputs = z.output<typeof inputs>;
const names = Object.keys(shape);

export function copyToRemote(log: LogLine, signal: AbortSignal): RemoteResource {
  async function copy(urn: string, { connection, source, remotePath }: Inputs): Promise<void> {
    const { path, text } = source;
    await upload(connection, path ? { path } : { text: text ?? "" }, remotePath, {
      signal,
      onRetry: (line) => log(urn, line),
    });
  }

  return {
    issues: (news) =>
      (newInputs.safeParse(news).error?.issues ?? []).map(({ path, message }) => ({ path, message })),

    diff: (olds, news) => {
      const [before, after] = [olds, news].map((values) => inputs.partial().parse(pick(reveal(values))));
      return names.filter((name) =>
        name === "source"
          ? before?.source?.hash !== after?.source?.hash
          : !isDeepStrictEqual(before?.[name as keyof Inputs], after?.[name as keyof Inputs]),
      );
    },

    create: async (urn, news) => {
      await copy(urn, inputs.parse(pick(reveal(news))));
      return { id: randomBytes(8).toString("hex"), outs: news };
    },

    update: async (urn, olds, news) => {
      const [before, after] = [olds, news].map((values) => inputs.parse(pick(reveal(values))));
      if (after && (before?.source.hash !== after.source.hash || before?.remotePath !== after.remotePath))
        await copy(urn, after);
      return news;
    },

    delete: async () => undefined,
  };
}

const pick = (values: unknown) =>
  Object.fromEntries(
    Object.entries(values ?? {}).filter(([name, value]) => names.includes(name) && value != null),
  );
