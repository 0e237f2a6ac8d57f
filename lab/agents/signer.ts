import { execFile, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";

const run = promisify(execFile);
const name = "home lab of ecs-anywhere-hybrid <lab@invalid>";

/** A GPG key that makes detached signatures, as AWS does for its packages. */
export interface Signer {
  /** ASCII-armored. */
  readonly publicKey: Buffer;
  /** Forty hexadecimal digits. */
  readonly fingerprint: string;
  sign(content: Buffer, form: "armored" | "binary"): Promise<Buffer>;
  /** Stops the agent that gpg leaves running. */
  close(): Promise<void>;
}

/** Returns a signer with the key in `folder`, a GnuPG home; creates the key if there is none. Needs `gpg`. */
export async function signer(folder: string): Promise<Signer> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const common = [
    "--batch",
    "--quiet",
    "--homedir",
    folder,
    "--pinentry-mode",
    "loopback",
    "--passphrase",
    "",
  ];
  const gpg = async (...args: string[]) =>
    (await run("gpg", [...common, ...args], { encoding: "buffer" })).stdout;

  const keys = async () => (await gpg("--with-colons", "--list-secret-keys")).toString();
  let listed = await keys();
  if (!listed.includes("sec:")) {
    await gpg("--quick-generate-key", name, "ed25519", "sign", "never");
    listed = await keys();
  }
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1];
  if (fingerprint === undefined) {
    throw new Error(
      `${folder}: gpg lists no key: a signing key must be there; remove the folder, so that one is made`,
    );
  }
  return {
    fingerprint,
    publicKey: await gpg("--armor", "--export", fingerprint),
    async sign(content, form) {
      const args = [...common, ...(form === "armored" ? ["--armor"] : []), "--detach-sign"];
      const child = spawn("gpg", args, { stdio: ["pipe", "pipe", "inherit"] });
      child.stdin.end(content);
      const [signature, status] = await Promise.all([
        buffer(child.stdout),
        new Promise<number | null>((done) => child.once("close", done)),
      ]);
      if (status !== 0) {
        throw new Error(`gpg --detach-sign: status ${status}: must be 0; see what it printed`);
      }
      return signature;
    },
    async close() {
      await run("gpgconf", ["--homedir", folder, "--kill", "gpg-agent"]);
    },
  };
}
