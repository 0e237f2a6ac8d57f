/**
 * SSH like that of the `command` provider 1.2.1: dial with retries, pinned host key. The error texts are those of Go's
 * ssh package, on which that provider is built, so that users see the same messages as with the real one.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { z } from "zod";

const endpoint = {
  host: z.string(),
  user: z.string().default("root"),
  port: z.number().default(22),
  password: z.string().optional(),
  privateKey: z.string().optional(),
  privateKeyPassword: z.string().optional(),
  agentSocketPath: z.string().optional(),
  hostKey: z.string().optional(),
  dialErrorLimit: z.int().default(10),
  perDialTimeout: z.int().default(15),
};
const proxy = z.object(endpoint);
export const connection = z.object({ ...endpoint, proxy: proxy.optional() });

type Endpoint = z.output<typeof proxy>;
export type Connection = z.output<typeof connection>;

/** Go's preference: a host with an ECDSA key shows that one, whichever other keys it has. */
const HOST_KEY_ALGORITHMS = [
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-256",
  "rsa-sha2-512",
  "ssh-rsa",
  "ssh-ed25519",
] as const;

export interface DialOptions {
  /** A dial failed and will be retried. */
  readonly onRetry: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The blob of a public key line such as `ssh-ed25519 AAAA… comment`. */
function publicKeyBlob(line: string): Buffer {
  const blob = Buffer.from(line.trim().split(/\s+/)[1] ?? "", "base64");
  if (blob.length === 0) throw new Error("failed to parse host key: ssh: no key found");
  return blob;
}

function config(to: Endpoint): ConnectConfig {
  const pinned = to.hostKey === undefined ? undefined : publicKeyBlob(to.hostKey);
  const agent = to.agentSocketPath ?? (process.env.SSH_AUTH_SOCK || undefined);
  // Go tries each method once, so it does not ask the agent when it has a private key.
  const key = to.privateKey !== undefined ? ["publickey"] : agent !== undefined ? ["agent"] : [];
  const password = to.password !== undefined ? ["password", "keyboard-interactive"] : [];
  return {
    host: to.host,
    port: to.port,
    username: to.user,
    ...(to.privateKey !== undefined && { privateKey: to.privateKey }),
    ...(to.privateKeyPassword !== undefined && { passphrase: to.privateKeyPassword }),
    ...(to.password !== undefined && { password: to.password, tryKeyboard: true }),
    ...(agent !== undefined && { agent }),
    authHandler: ["none", ...key, ...password] as NonNullable<ConnectConfig["authHandler"]>,
    algorithms: { serverHostKey: [...HOST_KEY_ALGORITHMS] },
    ...(pinned !== undefined && { hostVerifier: (offered: Buffer) => offered.equals(pinned) }),
    // Go gives up a silent peer after nine TCP keepalives, one every 15 s; ssh2 sends its own.
    keepaliveInterval: 15_000,
    keepaliveCountMax: 9,
    // Go limits only the TCP connection; here the limit includes the handshake, since a hang is of no use.
    readyTimeout: to.perDialTimeout * 1000,
  };
}

/** Returns ssh2's error as Go's ssh package would word it. */
function goError(error: Error & { level?: string; code?: string }, to: Endpoint): Error {
  const address = `${to.host}:${to.port}`;
  if (/host denied/i.test(error.message)) return new Error("ssh: handshake failed: ssh: host key mismatch");
  if (error.level === "client-authentication") {
    const methods = [
      "none",
      ...(to.privateKey !== undefined ? ["publickey"] : []),
      ...(to.password !== undefined ? ["password"] : []),
    ];
    return new Error(
      `ssh: handshake failed: ssh: unable to authenticate, attempted methods [${methods.join(" ")}], no supported methods remain`,
    );
  }
  if (error.level === "client-timeout") return new Error(`dial tcp ${address}: i/o timeout`);
  const reasons: Record<string, string> = {
    ECONNREFUSED: "connect: connection refused",
    EHOSTUNREACH: "connect: no route to host",
    ENETUNREACH: "connect: network is unreachable",
    ETIMEDOUT: "i/o timeout",
  };
  const reason = reasons[error.code ?? ""];
  if (reason !== undefined) return new Error(`dial tcp ${address}: ${reason}`);
  return new Error(`ssh: handshake failed: ${error.message}`);
}

function connect(to: Endpoint, over?: ClientChannel): Promise<Client> {
  const settings = config(to);
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(() => to.password ?? "")),
    );
    let failed = false;
    const fail = (error: Error) => {
      if (failed) return;
      failed = true;
      client.destroy();
      reject(goError(error, to));
    };
    client.on("error", fail);
    client.on("close", () => fail(new Error("EOF")));
    client.once("ready", () => {
      // As Go sets it on every TCP connection. Without it, a small packet would wait for more data, 40 ms each time.
      client.setNoDelay(true);
      client.removeAllListeners("error").removeAllListeners("close");
      client.on("error", () => undefined);
      resolve(client);
    });
    client.connect({ ...settings, ...(over !== undefined && { sock: over }) });
  });
}

/**
 * Retries until it succeeds or more than `limit` attempts failed (-1: no limit); waits 0.1 s, then half as long again
 * each time, 5 s at most.
 */
async function withRetry<T>(what: string, limit: number, options: DialOptions, attempt: () => Promise<T>) {
  for (let failed = 1, delay = 100; ; failed++, delay = Math.min(delay * 1.5, 5000)) {
    options.signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (limit > -1 && failed > limit) throw new Error(`after ${failed - 1} failed attempts: ${reason}`);
      options.onRetry(`${what} ${failed}/${limit === -1 ? "inf" : limit} failed: retrying`);
      await sleep(delay, undefined, { signal: options.signal });
    }
  }
}

async function prefixed<T>(prefix: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Error(`${prefix}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Logs in, through the proxy where there is one.
 * @throws when the host cannot be reached, or shows another host key
 */
export async function dial(
  to: Connection,
  options: DialOptions,
): Promise<{ client: Client; close: () => void }> {
  config(to); // a setting that cannot work is not a dial error, and is not retried
  const through = to.proxy;
  if (through === undefined) {
    const client = await withRetry("Dial", to.dialErrorLimit, options, () => connect(to));
    return { client, close: () => client.end() };
  }
  const bastion = await prefixed(
    "proxy",
    withRetry("Dial proxy", through.dialErrorLimit, options, () => connect(through)),
  );
  const forward = () =>
    new Promise<ClientChannel>((resolve, reject) =>
      bastion.forwardOut("127.0.0.1", 0, to.host, to.port, (error, channel) =>
        error ? reject(error) : resolve(channel),
      ),
    );
  try {
    const client = await prefixed(
      "proxy",
      withRetry("Dial from proxy", to.dialErrorLimit, options, async () => connect(to, await forward())),
    );
    const close = () => {
      client.end();
      bastion.end();
    };
    return { client, close };
  } catch (error) {
    bastion.end();
    throw error;
  }
}
