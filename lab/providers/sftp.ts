/** Files over SFTP, as github.com/pkg/sftp writes them for the `command` provider 1.2.1. */
import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { basename, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Client, SFTPWrapper, Stats } from "ssh2";
import { type Connection, type DialOptions, dial } from "./ssh.ts";

/** A file of this machine, or a text. */
export type Source = { readonly path: string } | { readonly text: string };

/** SSH_FX_NO_SUCH_FILE (draft-ietf-secsh-filexfer-02, 7). */
const NO_SUCH_FILE = 2;

const open = (client: Client): Promise<SFTPWrapper> =>
  new Promise((resolve, reject) =>
    client.sftp((error, sftp) =>
      error ? reject(new Error(`ssh: subsystem request failed`)) : resolve(sftp),
    ),
  );

function stat(sftp: SFTPWrapper, path: string): Promise<Stats | undefined> {
  return new Promise((resolve, reject) =>
    sftp.stat(path, (error, stats) => {
      if (!error) return resolve(stats);
      if ((error as { code?: unknown }).code === NO_SUCH_FILE) return resolve(undefined);
      reject(new Error(`failed to stat remote path ${path}: ${error.message}`));
    }),
  );
}

/** Creates the folder and those above it. */
async function makeFolders(sftp: SFTPWrapper, folder: string): Promise<void> {
  if ((await stat(sftp, folder)) !== undefined) return;
  await makeFolders(sftp, posix.dirname(folder));
  await new Promise<void>((resolve, reject) =>
    sftp.mkdir(folder, (error) =>
      error ? reject(new Error(`failed to create remote directory ${folder}: ${error.message}`)) : resolve(),
    ),
  );
}

/**
 * Writes the source to the path on the host, over an existing file.
 *
 * @throws when the source is missing, when the host cannot be reached or shows another host key, and when the user may
 *   not write there
 */
export async function upload(
  to: Connection,
  source: Source,
  path: string,
  options: DialOptions,
): Promise<void> {
  if ("path" in source) await access(source.path);
  const { client, close } = await dial(to, options);
  try {
    const sftp = await open(client);
    const there = await stat(sftp, path);
    if (there?.isDirectory() && "text" in source)
      throw new Error(
        `remote path ${path} is a directory; when using a text asset, remotePath must be a file path`,
      );
    const target = there?.isDirectory() && "path" in source ? posix.join(path, basename(source.path)) : path;
    await makeFolders(sftp, posix.dirname(target));
    const from = "path" in source ? createReadStream(source.path) : [source.text];
    await pipeline(from, sftp.createWriteStream(target), { signal: options.signal }).catch((error: Error) => {
      throw new Error(`failed to create remote file ${target}: ${error.message}`);
    });
  } finally {
    close();
  }
}
