/**
 * SSH servers for tests, on a free port of 127.0.0.1: always ssh2's, even if the machine has an sshd, so that every
 * machine runs the same tests. The lab shows that the program works with OpenSSH.
 */
import { spawn } from "node:child_process";
import { type AddressInfo, connect, createServer } from "node:net";
import ssh2, {
  type AuthContext,
  type Client,
  type Connection,
  type PublicKeyAuthContext,
  type ServerChannel,
  type Session,
} from "ssh2";
import { ed25519Key } from "../../../lab/providers/ed25519-key.ts";
import { serveSftp } from "./sftp-server.ts";

/** Only the servers use it: the commands run as the user who runs the test. */
const user = "pi";

export interface SshServer {
  readonly port: number;
  readonly user: string;
  /** Public host key lines. */
  readonly hostKeys: readonly string[];
  /** The private half of the one key that may log in. */
  readonly privateKey: string;
  /** Logins so far. */
  readonly logins: () => number;
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
  /** The server's own keys, for a test that must know them before the server exists. */
  readonly keys?: { readonly host: ReturnType<typeof keyPair>; readonly login: ReturnType<typeof keyPair> };
}

/** Returns an SSH server that runs commands, and accepts files over SFTP, for the user who runs the test. */
export async function startSshServer(options: Options = {}): Promise<SshServer> {
  const hosts = options.keys ? [options.keys.host] : (options.hostKeyTypes ?? ["ed25519"]).map(keyPair);
  const login = options.keys?.login ?? keyPair();
  const started = await start(options.port ?? 0, hosts, {
    method: "publickey",
    isRight: (context) => context.username === user && hasKey(context, login.public),
  });
  return { ...started, user, privateKey: login.private };
}

/** Returns an SSH server that takes a password, which sshd does not do without PAM. */
export async function startPasswordServer(password: string): Promise<SshServer> {
  const started = await start(0, [keyPair()], {
    method: "password",
    isRight: (context) =>
      context.method === "password" && context.username === user && context.password === password,
  });
  return { ...started, user, privateKey: "" };
}

/** Returns whether the client has the key of this public key line, or asks whether the key would be accepted. */
function hasKey(context: AuthContext, line: string): boolean {
  if (context.method !== "publickey") return false;
  const known = ssh2.utils.parseKey(line);
  if (known instanceof Error) throw known;
  const { key, signature, blob, hashAlgo } = context as PublicKeyAuthContext & { hashAlgo?: string };
  if (!key.data.equals(known.getPublicSSH())) return false;
  return signature === undefined || (blob !== undefined && known.verify(blob, signature, hashAlgo) === true);
}

interface Login {
  /** The method that a client learns when it asks without credentials, or with wrong ones. */
  readonly method: "publickey" | "password";
  readonly isRight: (context: AuthContext) => boolean;
}

async function start(port: number, hosts: readonly ReturnType<typeof keyPair>[], login: Login) {
  let logins = 0;
  const clients = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: hosts.map((key) => key.private) }, (client) => {
    clients.add(client);
    client.on("close", () => clients.delete(client));
    client.on("error", () => undefined);
    client.on("authentication", (context) =>
      login.isRight(context) ? context.accept() : context.reject([login.method]),
    );
    client.on("ready", () => {
      logins++;
      // As sshd does: otherwise a small packet would wait for more data. The typings omit this.
      (client as Connection & Pick<Client, "setNoDelay">).setNoDelay(true);
      client.on("session", (accept) => serveSession(accept()));
      client.on("tcpip", (accept, _reject, { destIP, destPort }) => forward(accept(), destIP, destPort));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hostKeys: hosts.map((key) => key.public),
    logins: () => logins,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of clients) client.end();
      await closed;
    },
  };
}

function serveSession(session: Session): void {
  session.on("exec", (accept, _reject, { command }) => execute(accept(), command));
  session.on("sftp", (accept) => serveSftp(accept()));
}

/** Runs the command in an environment of its own, as sshd does. */
function execute(channel: ServerChannel, command: string): void {
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", USER: user };
  const shell = spawn("sh", ["-c", command], { env });
  channel.pipe(shell.stdin);
  shell.stdout.pipe(channel, { end: false });
  shell.stderr.pipe(channel.stderr, { end: false });
  // A command that ends without reading its input has not failed.
  shell.stdin.on("error", () => undefined);
  shell.on("close", (code, signal) => {
    if (signal) channel.exit(signal.replace(/^SIG/, ""));
    else channel.exit(code ?? 1);
    channel.end();
  });
}

function forward(channel: ServerChannel, address: string, port: number): void {
  const socket = connect(port, address);
  for (const end of [channel, socket]) end.on("error", () => undefined);
  channel.pipe(socket).pipe(channel);
}
