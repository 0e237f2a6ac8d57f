/** SSH servers for tests, on a free port of 127.0.0.1: the machine's own sshd where it has one, else ssh2's. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import ssh2, { type AuthContext, type ServerConfig } from "ssh2";
import { ed25519Key } from "../../../lab/providers/ed25519-key.ts";

const SSHD = "/usr/sbin/sshd";

export interface Sshd {
  readonly port: number;
  readonly user: string;
  /** Public host key lines. */
  readonly hostKeys: readonly string[];
  /** Of the one key that may log in. */
  readonly privateKey: string;
  /** Logins so far. */
  readonly logins: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

export const keyPair = (type: "ed25519" | "ecdsa" = "ed25519") =>
  type === "ed25519" ? ed25519Key() : ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 });

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

interface Options {
  readonly hostKeyTypes?: readonly ("ed25519" | "ecdsa")[];
  readonly port?: number;
  /** Own keys, for a server whose keys must be known before it is there. */
  readonly keys?: { readonly host: ReturnType<typeof keyPair>; readonly login: ReturnType<typeof keyPair> };
}

/** An SSH server that runs commands for the user who runs the test. */
export async function startSshd(options: Options = {}): Promise<Sshd> {
  const port = options.port ?? (await freePort());
  const hosts = options.keys ? [options.keys.host] : (options.hostKeyTypes ?? ["ed25519"]).map(keyPair);
  const login = options.keys?.login ?? keyPair();
  const common = {
    port,
    user: userInfo().username,
    privateKey: login.private,
    hostKeys: hosts.map((k) => k.public),
  };
  const started = existsSync(SSHD)
    ? await openssh(port, hosts, login.public)
    : await library(port, { hostKeys: hosts.map((k) => k.private) }, hasKey(login.public));
  return { ...common, ...started };
}

/** An SSH server that takes a password, as sshd does not without PAM. */
export async function startPasswordServer(password: string): Promise<Sshd> {
  const port = await freePort();
  const host = keyPair();
  const started = await library(
    port,
    { hostKeys: [host.private] },
    (context) => context.method === "password" && context.password === password,
  );
  return { port, user: "pi", hostKeys: [host.public], privateKey: "", ...started };
}

async function openssh(port: number, hosts: readonly { private: string }[], authorized: string) {
  const folder = await mkdtemp(join(tmpdir(), "sshd-"));
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const keys = await Promise.all(hosts.map((key, i) => file(`host-key-${i}`, key.private)));
  const config = await file(
    "config",
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      ...keys.map((path) => `HostKey ${path}`),
      `AuthorizedKeysFile ${await file("authorized_keys", `${authorized}\n`)}`,
      "StrictModes no",
      "UsePAM no",
      "PidFile none",
      "PermitRootLogin yes",
      "PasswordAuthentication no",
      "LogLevel VERBOSE",
      "Subsystem sftp internal-sftp",
      // Debian's bash reads ~/.bashrc when sshd starts it, unless it is not the first shell: what a person has there is
      // no part of these tests.
      "SetEnv SHLVL=1",
      "",
    ].join("\n"),
  );
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true });
  const log = join(folder, "log");
  const child = spawn(SSHD, ["-D", "-f", config, "-E", log], { stdio: "ignore" });
  const read = () => readFile(log, "utf8").catch(() => "");
  for (let i = 0; !(await read()).includes("Server listening"); i++) {
    if (i > 100 || child.exitCode !== null) throw new Error(`sshd did not start: ${await read()}`);
    await sleep(20);
  }
  return {
    logins: async () => (await read()).split("Accepted publickey").length - 1,
    stop: async () => {
      await stopped(child);
      await rm(folder, { recursive: true });
    },
  };
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill();
  await exited;
}

/** Whether the client holds the key of this public key line. */
const hasKey = (line: string) => (context: AuthContext) =>
  context.method === "publickey" && context.key.data.toString("base64") === line.split(" ")[1];

async function library(port: number, config: ServerConfig, accept: (context: AuthContext) => boolean) {
  let logins = 0;
  const server = new ssh2.Server(config, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (context) =>
      accept(context) ? context.accept() : context.reject(["password"]),
    );
    client.on("ready", () => {
      logins++;
      client.on("session", (acceptSession) =>
        acceptSession().on("exec", (acceptExec, _reject, info) => {
          const channel = acceptExec();
          const shell = spawn("sh", ["-c", info.command]);
          channel.pipe(shell.stdin);
          shell.stdout.pipe(channel, { end: false });
          shell.stderr.pipe(channel.stderr, { end: false });
          shell.stdin.on("error", () => undefined);
          shell.on("close", (code, signal) => {
            if (signal) channel.exit(signal.replace(/^SIG/, ""));
            else channel.exit(code ?? 1);
            channel.end();
          });
        }),
      );
      client.on("tcpip", (acceptChannel, _reject, { destIP, destPort }) => {
        const channel = acceptChannel();
        const socket = connect(destPort, destIP);
        for (const end of [channel, socket]) end.on("error", () => undefined);
        channel.pipe(socket).pipe(channel);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    logins: async () => logins,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
