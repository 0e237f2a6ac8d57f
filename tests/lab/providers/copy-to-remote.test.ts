import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { secret } from "../../../lab/providers/values.ts";
import { type Props, providerOf } from "./provider.ts";
import { freePort, keyPair, type SshServer, startSshServer } from "./ssh-server.ts";

const provider = () =>
  providerOf("urn:pulumi:test::project::hybrid:site:Host$command:remote:CopyToRemote::pi-1-packages");

let server: SshServer;
test.before(async () => {
  server = await startSshServer();
});
test.after.always(() => server?.stop());
/** Returns a folder that is removed when the test ends. */
function scratch(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "copy-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

const connection = (more: Props = {}): Props => ({
  host: "127.0.0.1",
  port: server.port,
  user: server.user,
  privateKey: server.privateKey,
  hostKey: server.hostKeys[0],
  dialErrorLimit: 0,
  ...more,
});

/** Returns an asset as the engine sends it. */
const asset = (from: { readonly path: string } | { readonly text: string }) => ({
  "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
  ...from,
  hash: createHash("sha256")
    .update("path" in from ? readFileSync(from.path) : from.text)
    .digest("hex"),
});

const file = (folder: string, content: string | Buffer, name = "packages.tar") => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { ...asset({ path }), path };
};

test("create writes the file, byte by byte, over an existing one", async (t) => {
  const folder = scratch(t);
  const content = Buffer.alloc(3 << 20, "0123456789abcdef\0");
  const remotePath = join(folder, "there.tar");
  writeFileSync(remotePath, Buffer.alloc(4 << 20));
  const source = file(folder, content);
  const { id, outs } = await provider().create({ connection: secret(connection()), source, remotePath });
  t.true(readFileSync(remotePath).equals(content));
  t.regex(id, /^[0-9a-f]{16}$/);
  t.deepEqual(outs, { connection: secret(connection()), source, remotePath });
});

test("missing folders are created; in an existing folder the file gets its own name", async (t) => {
  const folder = scratch(t);
  const source = file(folder, "content");
  await provider().create({ connection: connection(), source, remotePath: join(folder, "a/b/there") });
  t.is(readFileSync(join(folder, "a/b/there"), "utf8"), "content");
  await provider().create({ connection: connection(), source, remotePath: join(folder, "a") });
  t.is(readFileSync(join(folder, "a/packages.tar"), "utf8"), "content");
});

test("a text is written as it is, but not into a folder", async (t) => {
  const folder = scratch(t);
  const source = asset({ text: "one\ntwo" });
  await provider().create({ connection: connection(), source, remotePath: join(folder, "text") });
  t.is(readFileSync(join(folder, "text"), "utf8"), "one\ntwo");
  await t.throwsAsync(provider().create({ connection: connection(), source, remotePath: folder }), {
    message: `remote path ${folder} is a directory; when using a text asset, remotePath must be a file path`,
  });
});

test("update copies when the content or the path changed, but not for a changed connection", async (t) => {
  const folder = scratch(t);
  const { create, update } = provider();
  const remotePath = join(folder, "there");
  const base = { connection: connection(), source: file(folder, "one"), remotePath };
  const { outs } = await create(base);
  // As the engine has it from the state: without its source.
  const { path: _, ...hashAlone } = base.source;
  const olds = { ...outs, source: hashAlone };

  rmSync(remotePath);
  const elsewhere = connection({ port: await freePort() });
  t.deepEqual(await update(olds, { ...base, connection: elsewhere }), { ...base, connection: elsewhere });
  t.false(existsSync(remotePath), "no host was dialled, and nothing copied");

  const changed = { ...base, source: file(folder, "two") };
  t.deepEqual(await update(olds, changed), changed);
  t.is(readFileSync(remotePath, "utf8"), "two");

  await update(changed, { ...changed, remotePath: join(folder, "elsewhere") });
  t.is(readFileSync(join(folder, "elsewhere"), "utf8"), "two");
  t.true(existsSync(remotePath), "the earlier copy stays");
});

test("diff: triggers replace, everything else updates; an asset is compared by its hash", async (t) => {
  const folder = scratch(t);
  const { diff } = provider();
  const olds = {
    connection: secret(connection()),
    source: file(folder, "one"),
    remotePath: "/a",
    triggers: ["192.168.1.101"],
  };
  const moved = file(folder, "one", "moved.tar");
  t.deepEqual(await diff(olds, { ...olds, connection: connection(), source: moved }), {
    changes: false,
    replaces: [],
  });
  t.deepEqual(await diff(olds, { ...olds, source: file(folder, "two") }), { changes: true, replaces: [] });
  t.deepEqual(await diff(olds, { ...olds, remotePath: "/b" }), { changes: true, replaces: [] });
  t.deepEqual(await diff(olds, { ...olds, connection: connection({ host: "b" }) }), {
    changes: true,
    replaces: [],
  });
  t.deepEqual(await diff(olds, { ...olds, triggers: ["192.168.1.102"] }), {
    changes: true,
    replaces: ["triggers"],
  });
});

test("delete does nothing, and needs no host", async (t) => {
  const folder = scratch(t);
  const { create, remove } = provider();
  const remotePath = join(folder, "there");
  const { outs } = await create({ connection: connection(), source: file(folder, "one"), remotePath });
  await remove({ ...outs, connection: connection({ port: await freePort() }) });
  t.is(statSync(remotePath).size, 3);
});

test("another host key is refused before anything is written, and an absent host is dialled as often as the limit says", async (t) => {
  const folder = scratch(t);
  const base = { source: file(folder, "one"), remotePath: join(folder, "there") };
  await t.throwsAsync(provider().create({ ...base, connection: connection({ hostKey: keyPair().public }) }), {
    message: "after 0 failed attempts: ssh: handshake failed: ssh: host key mismatch",
  });
  t.false(existsSync(base.remotePath));
  const port = await freePort();
  const { create, lines } = provider();
  await t.throwsAsync(create({ ...base, connection: connection({ port, dialErrorLimit: 1 }) }), {
    message: `after 1 failed attempts: dial tcp 127.0.0.1:${port}: connect: connection refused`,
  });
  t.deepEqual(lines, ["Dial 1/1 failed: retrying"]);
});

test("a missing file, and a path that cannot be written, are named", async (t) => {
  const folder = scratch(t);
  const source = file(folder, "one");
  rmSync(source.path);
  await t.throwsAsync(
    provider().create({ connection: connection(), source, remotePath: join(folder, "there") }),
    { message: /no such file.*packages\.tar/ },
  );
  mkdirSync(join(folder, "file"));
  writeFileSync(join(folder, "file/is-no-folder"), "");
  await t.throwsAsync(
    provider().create({
      connection: connection(),
      source: file(folder, "one"),
      remotePath: join(folder, "file/is-no-folder/there"),
    }),
    { message: /^failed to (stat remote path|create remote (file|directory)) .*is-no-folder/ },
  );
});

test("check makes the connection secret, and names invalid inputs", async (t) => {
  const { check } = provider();
  const good = { connection: connection(), source: asset({ text: "x" }), remotePath: "/a" };
  t.deepEqual(await check(good), { inputs: { ...good, connection: secret(connection()) }, failures: [] });
  const wrong = await check({ connection: connection(), source: { path: "/a" } });
  t.deepEqual(wrong?.failures?.map(({ property }) => property).sort(), ["remotePath", "source"]);
  const empty = await check({
    ...good,
    source: { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17" },
  });
  t.deepEqual(empty?.failures, [
    { property: "source", reason: "asset must be a path-based file asset or a text asset" },
  ]);
});
