/**
 * The part of SFTP version 3 (draft-ietf-secsh-filexfer-02) that an upload needs, on the machine's own files, as the
 * user who runs the test. Answers like OpenSSH's `internal-sftp`: one request after the other, with its status codes.
 */
import { constants, type Stats } from "node:fs";
import { chmod, type FileHandle, lstat, mkdir, open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import ssh2, { type Attributes, type SFTPWrapper } from "ssh2";

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;

/** OpenSSH's `errno_to_portable` (sftp-server.c). */
function statusOf({ code }: NodeJS.ErrnoException): number {
  if (code === "ENOENT" || code === "ENOTDIR" || code === "EBADF" || code === "ELOOP")
    return STATUS_CODE.NO_SUCH_FILE;
  if (code === "EPERM" || code === "EACCES") return STATUS_CODE.PERMISSION_DENIED;
  if (code === "ENAMETOOLONG" || code === "EINVAL") return STATUS_CODE.BAD_MESSAGE;
  return STATUS_CODE.FAILURE;
}

/** The flags of open(2) for those of SSH_FXP_OPEN. */
function openFlags(flags: number): number {
  const { READ, WRITE, APPEND, CREAT, TRUNC, EXCL } = OPEN_MODE;
  const both = READ | WRITE;
  const access = {
    [READ]: constants.O_RDONLY,
    [WRITE]: constants.O_WRONLY,
    [both]: constants.O_RDWR,
  }[flags & both];
  const more = [
    [APPEND, constants.O_APPEND],
    [CREAT, constants.O_CREAT],
    [TRUNC, constants.O_TRUNC],
    [EXCL, constants.O_EXCL],
  ] as const;
  return more.reduce((all, [asked, flag]) => (flags & asked ? all | flag : all), access ?? 0);
}

const attributesOf = ({ mode, uid, gid, size, atimeMs, mtimeMs }: Stats): Attributes => ({
  ...{ mode, uid, gid, size },
  atime: Math.floor(atimeMs / 1000),
  mtime: Math.floor(mtimeMs / 1000),
});

/** The answer to SSH_FXP_REALPATH for a file: only its name. */
const none = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

/** Answers the client's requests until its channel ends; then closes files that the client left open. */
export function serveSftp(sftp: SFTPWrapper): void {
  const files = new Map<string, FileHandle>();
  let opened = 0;
  const file = (handle: Buffer): FileHandle => {
    const found = files.get(handle.toString());
    if (found === undefined) throw Object.assign(new Error("no such handle"), { code: "EBADF" });
    return found;
  };

  let last: Promise<void> = Promise.resolve();
  /** Does the work once all earlier requests have been answered. */
  const answer = (id: number, work: () => Promise<() => void>) => {
    last = last.then(work).then(
      (reply) => reply(),
      (error: NodeJS.ErrnoException) => sftp.status(id, statusOf(error), error.message),
    );
  };
  const done = (id: number, work: () => Promise<unknown>) =>
    answer(id, async () => {
      await work();
      return () => sftp.status(id, STATUS_CODE.OK);
    });
  const attributes = (id: number, of: () => Promise<Stats>) =>
    answer(id, async () => {
      const found = attributesOf(await of());
      return () => sftp.attrs(id, found);
    });

  sftp.on("OPEN", (id, path, flags, { mode = 0o666 }) =>
    answer(id, async () => {
      const handle = Buffer.from(String(++opened));
      files.set(handle.toString(), await open(path, openFlags(flags), mode));
      return () => sftp.handle(id, handle);
    }),
  );
  sftp.on("WRITE", (id, handle, offset, data) =>
    done(id, async () => await file(handle).write(data, 0, data.length, offset)),
  );
  sftp.on("CLOSE", (id, handle) =>
    done(id, async () => {
      await file(handle).close();
      files.delete(handle.toString());
    }),
  );
  sftp.on("REALPATH", (id, path) =>
    answer(id, async () => {
      const filename = resolve("/", path);
      return () => sftp.name(id, [{ filename, longname: filename, attrs: none }]);
    }),
  );
  sftp.on("STAT", (id, path) => attributes(id, () => stat(path)));
  sftp.on("LSTAT", (id, path) => attributes(id, () => lstat(path)));
  sftp.on("FSTAT", (id, handle) => attributes(id, async () => await file(handle).stat()));
  sftp.on("SETSTAT", (id, path, { mode }) =>
    done(id, async () => mode !== undefined && (await chmod(path, mode))),
  );
  sftp.on("FSETSTAT", (id, handle, { mode }) =>
    done(id, async () => mode !== undefined && (await file(handle).chmod(mode))),
  );
  sftp.on("MKDIR", (id, path, { mode = 0o777 }) => done(id, () => mkdir(path, { mode })));
  sftp.on("end", () => void last.then(() => sftp.end()));
  sftp.on("close", () => {
    for (const left of files.values()) void left.close();
  });
}
