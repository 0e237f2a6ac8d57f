/** SSH keys: the person's, and one per host. They stay the same until the lab's folder is removed. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "./paths.ts";
import { run } from "./run.ts";

const fileOf = (name: string) => join(paths.keys, name);

/** Creates the keys that do not exist yet: Ed25519, without a passphrase. */
export async function buildKeys(names: readonly string[]): Promise<void> {
  mkdirSync(paths.keys, { recursive: true, mode: 0o700 });
  for (const name of names.filter((n) => !existsSync(`${fileOf(n)}.pub`))) {
    // A killed run may have left only the private half.
    await run(["rm", "-f", fileOf(name)]);
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", fileOf(name)]);
  }
}

export const person = "person";
export const privateKeyFile = fileOf;
/** OpenSSH's private key format. */
export const privateKey = (name: string) => readFileSync(fileOf(name), "utf8");
/** `ssh-ed25519 AAAA…`, without the comment. */
export const publicKey = (name: string) =>
  readFileSync(`${fileOf(name)}.pub`, "utf8")
    .split(" ")
    .slice(0, 2)
    .join(" ");
