import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { secret } from "../../../lab/providers/values.ts";
import { run } from "../../../lab/world/run.ts";
import { type Props, providerOf } from "./provider.ts";
import { freePort, keyPair, type SshServer, startPasswordServer, startSshServer } from "./ssh-server.ts";

const provider = () =>
  providerOf("urn:pulumi:test::project::hybrid:site:Host$command:remote:Command::pi-1-routes");

let server: SshServer;
test.before(async () => {
  server = await startSshServer();
});
test.after.always(() => server?.stop());

const connection = (more: Props = {}): Props => ({
  host: "127.0.0.1",
  port: server.port,
  user: server.user,
  privateKey: server.privateKey,
  hostKey: server.hostKeys[0],
  dialErrorLimit: 0,
  ...more,
});

test("create runs the command with its stdin, and returns stdout and stderr without their last newline", async (t) => {
  const { outs, id } = await provider().create({
    connection: secret(connection()),
    create: "cat; echo to stderr >&2",
    stdin: secret("one\ntwo\n"),
    logging: "none",
  });
  t.is(outs.stdout, "one\ntwo");
  t.is(outs.stderr, "to stderr");
  t.deepEqual(outs.stdin, secret("one\ntwo\n"));
  t.regex(id, /^pi-1-routes[0-9a-f]{8}$/);
});

test("a program of a megabyte passes through stdin", async (t) => {
  const program = `# ${"x".repeat(1 << 20)}\necho ended`;
  const { outs } = await provider().create({ connection: connection(), create: "sh -s", stdin: program });
  t.is(outs.stdout, "ended");
});

test("a failure shows the status, the command and its output, but not its stdin", async (t) => {
  const error = await t.throwsAsync(
    provider().create({
      connection: connection(),
      create: "sh -s -- converge",
      stdin: "echo said; echo cried >&2; : hunter2; exit 3",
    }),
  );
  t.regex(error?.message ?? "", /^Process exited with status 3: running "sh -s -- converge":\n/);
  t.true(error?.message.includes("said\n") && error.message.includes("cried\n"));
  t.false(error?.message.includes("hunter2"));
});

test("the failure of a killed command names the signal", async (t) => {
  await t.throwsAsync(provider().create({ connection: connection(), create: "kill -TERM $$" }), {
    message: /^Process exited with status 143( from signal TERM)?: running/,
  });
});

test("another host key is refused", async (t) => {
  const hostKey = keyPair().public;
  await t.throwsAsync(provider().create({ connection: connection({ hostKey }), create: "true" }), {
    message: "after 0 failed attempts: ssh: handshake failed: ssh: host key mismatch",
  });
});

test("an invalid host key is refused before the first dial", async (t) => {
  const { create, lines } = provider();
  await t.throwsAsync(
    create({ connection: connection({ hostKey: "nonsense", dialErrorLimit: 5 }), create: "true" }),
    {
      message: "failed to parse host key: ssh: no key found",
    },
  );
  t.deepEqual(lines, []);
});

test("a host with an ECDSA key is identified by it, whichever other keys it has, as in Go's ssh package", async (t) => {
  const both = await startSshServer({ hostKeyTypes: ["ed25519", "ecdsa"] });
  try {
    const to = (hostKey: string | undefined) => ({
      connection: connection({ port: both.port, privateKey: both.privateKey, hostKey }),
      create: "echo in",
    });
    t.is((await provider().create(to(both.hostKeys[1]))).outs.stdout, "in");
    await t.throwsAsync(provider().create(to(both.hostKeys[0])), { message: /host key mismatch/ });
  } finally {
    await both.stop();
  }
});

test("a key that may not log in is refused, but not shown", async (t) => {
  const privateKey = keyPair().private;
  const error = await t.throwsAsync(
    provider().create({ connection: connection({ privateKey }), create: "true" }),
  );
  t.is(
    error?.message,
    "after 0 failed attempts: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain",
  );
});

test("a host that refuses is dialled dialErrorLimit more times, then given up", async (t) => {
  const port = await freePort();
  const { create, lines } = provider();
  await t.throwsAsync(create({ connection: connection({ port, dialErrorLimit: 2 }), create: "true" }), {
    message: `after 2 failed attempts: dial tcp 127.0.0.1:${port}: connect: connection refused`,
  });
  t.deepEqual(lines, ["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"]);
});

test("a host that comes up during the attempts is reached", async (t) => {
  const port = await freePort();
  const keys = { host: keyPair(), login: keyPair() };
  const coming = sleep(300).then(() => startSshServer({ port, keys }));
  const { create, lines } = provider();
  const to = connection({
    port,
    hostKey: keys.host.public,
    privateKey: keys.login.private,
    dialErrorLimit: 8,
  });
  t.is((await create({ connection: to, create: "echo in" })).outs.stdout, "in");
  t.is(lines[0], "Dial 1/8 failed: retrying");
  await (await coming).stop();
});

test("a silent host is given up after perDialTimeout", async (t) => {
  const silent = createServer((socket) => t.teardown(() => socket.destroy()));
  const port = await freePort();
  await new Promise<void>((resolve) => silent.listen(port, "127.0.0.1", resolve));
  await t.throwsAsync(
    provider().create({ connection: connection({ port, perDialTimeout: 1 }), create: "true" }),
    {
      message: `after 0 failed attempts: dial tcp 127.0.0.1:${port}: i/o timeout`,
    },
  );
  silent.close();
});

test("cancel ends the dialling", async (t) => {
  const { create, cancel } = provider();
  const creating = create({
    connection: connection({ port: await freePort(), dialErrorLimit: -1 }),
    create: "true",
  });
  await sleep(100);
  await cancel();
  await t.throwsAsync(creating);
});

test("without a key in the connection the SSH agent provides one", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "agent-"));
  const agentSocketPath = join(folder, "socket");
  const agent = spawn("ssh-agent", ["-D", "-a", agentSocketPath], { stdio: "ignore" });
  t.teardown(async () => {
    agent.kill();
    await rm(folder, { recursive: true });
  });
  while (!existsSync(agentSocketPath)) await sleep(10);
  const { privateKey: stdin, ...to } = connection({ agentSocketPath });
  const asked = { connection: to, create: "echo in" };
  await t.throwsAsync(provider().create(asked), { message: /unable to authenticate/ });
  await run(["ssh-add", "-q", "-"], { input: String(stdin), env: { SSH_AUTH_SOCK: agentSocketPath } });
  t.is((await provider().create(asked)).outs.stdout, "in");
});

test("a password logs in, and through a bastion too", async (t) => {
  const host = await startPasswordServer("correct horse");
  const to = { host: "127.0.0.1", port: host.port, user: "pi", password: "correct horse", dialErrorLimit: 0 };
  try {
    t.is((await provider().create({ connection: to, create: "echo in" })).outs.stdout, "in");
    await t.throwsAsync(provider().create({ connection: { ...to, password: "wrong" }, create: "true" }), {
      message: /attempted methods \[none password\]/,
    });
    const proxied = { connection: { ...to, proxy: connection() }, create: "echo through" };
    t.is((await provider().create(proxied)).outs.stdout, "through");
    const closed = { connection: { ...to, proxy: connection({ port: await freePort() }) }, create: "true" };
    await t.throwsAsync(provider().create(closed), { message: /^proxy: after 0 failed attempts: dial tcp/ });
  } finally {
    await host.stop();
  }
});

test("one run makes one login", async (t) => {
  const own = await startSshServer();
  const { outs } = await provider().create({
    connection: connection({ port: own.port, privateKey: own.privateKey, hostKey: own.hostKeys[0] }),
    create: "true",
  });
  await provider().diff(outs, outs);
  t.is(own.logins(), 1);
  await own.stop();
});

test("update runs update, else create again; delete runs over the connection in the state", async (t) => {
  const { create, update, remove } = provider();
  const base = { connection: secret(connection()), logging: "none", addPreviousOutputInEnv: false };
  const { outs } = await create({ ...base, create: "echo created", delete: "test -e /proc/self" });
  t.is((await update(outs, { ...base, create: "echo again" })).stdout, "again");
  t.is((await update(outs, { ...base, create: "exit 1", update: "echo updated" })).stdout, "updated");
  t.is((await update(outs, base)).stdout, "created");
  await remove(outs);
  await t.throwsAsync(remove({ ...outs, delete: "exit 9" }), { message: /status 9: running "exit 9"/ });
  await remove({ ...outs, delete: undefined, connection: connection({ port: 1 }) });
});

test("lines go to the log as they arrive, unless logging says otherwise", async (t) => {
  const logged = async (logging?: string) => {
    const { create, lines } = provider();
    await create({ connection: connection(), create: "printf 'a\\nb'; printf 'c\\n' >&2", logging });
    return lines.toSorted();
  };
  t.deepEqual(await logged(), ["a", "b", "c"]);
  t.deepEqual(await logged("stdout"), ["a", "b"]);
  t.deepEqual(await logged("stderr"), ["c"]);
  t.deepEqual(await logged("none"), []);
});

test("diff: triggers replace, everything else updates, secrecy alone changes nothing", async (t) => {
  const { diff } = provider();
  const olds = {
    connection: secret({ host: "a" }),
    create: "x",
    stdin: secret("s"),
    triggers: [1],
    stdout: "o",
    stderr: "",
  };
  const { stdout, stderr, ...same } = olds;
  t.deepEqual(await diff(olds, { ...same, stdin: "s" }), { changes: false, replaces: [] });
  t.deepEqual(await diff(olds, { ...same, stdin: secret("t") }), { changes: true, replaces: [] });
  t.deepEqual(await diff(olds, { ...same, connection: secret({ host: "b" }) }), {
    changes: true,
    replaces: [],
  });
  t.deepEqual(await diff(olds, { ...same, triggers: [2] }), { changes: true, replaces: ["triggers"] });
  t.deepEqual(await diff(olds, { ...same, triggers: undefined }), { changes: true, replaces: ["triggers"] });
});

test("check makes the connection secret, and names invalid inputs", async (t) => {
  const { check } = provider();
  t.deepEqual(await check({ connection: { host: "a" }, create: "x" }), {
    inputs: { connection: secret({ host: "a" }), create: "x" },
    failures: [],
  });
  const wrong = await check({ connection: { host: 1 }, logging: "loud" });
  t.deepEqual(
    wrong?.failures?.map((f) => f.property),
    ["connection.host", "logging"],
  );
});
