/** Asks a host for its public SSH keys, by OpenSSH's own `ssh-keyscan`. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import type { Problem } from "../../limits/problem.ts";

/** One of a host's public keys. */
export interface HostKey {
  /** As it is in a stack file: `ssh-ed25519 AAAA…`. */
  readonly text: string;
  /** As `ssh-keygen -lf` prints it: `SHA256:` and base64 without padding. */
  readonly fingerprint: string;
}

/** A host's answer: its keys, the preferred one first; or the problem. */
export type Scan = { readonly keys: readonly [HostKey, ...HostKey[]] } | { readonly problem: Problem };

/**
 * In the order of preference of Go's SSH client, and so of the provider: a host that has both kinds presents the first. RSA is
 * missing for the reason at `hostKeyPattern` in limits/site.ts.
 */
const types = ["ecdsa-sha2-nistp256", "ssh-ed25519"];

export function hostKey(text: string): HostKey {
  const [, base64 = ""] = text.split(" ");
  const hash = createHash("sha256").update(Buffer.from(base64, "base64")).digest("base64");
  return { text, fingerprint: `SHA256:${hash.replace(/=+$/, "")}` };
}

/**
 * @param name the host's key in the stack file, for the message
 * @param timeoutSeconds how long a silent host is waited for
 */
export async function scan(name: string, address: string, port: number, timeoutSeconds = 5): Promise<Scan> {
  const { stdout, stderr, failed } = await keyscan(address, port, timeoutSeconds);
  const [first, ...others] = keysIn(stdout);
  if (first !== undefined) return { keys: [first, ...others] };
  if (failed === "ENOENT") {
    return {
      problem: {
        field: "ssh-keyscan",
        value: "(not found)",
        rule: "must be installed: it asks the hosts for their keys",
        remedy: "install OpenSSH's client tools, for example by `sudo apt install openssh-client`",
      },
    };
  }
  const said = stderr.split("\n").findLast((line) => line !== "" && !line.startsWith("#"));
  return {
    problem: {
      field: `hosts.${name}.address`,
      value: port === 22 ? address : `${address}, port ${port}`,
      rule: `must answer with an Ed25519 or ECDSA host key within ${timeoutSeconds} s${said === undefined ? "" : ` (${said})`}`,
      remedy:
        "check that the host is on, has this address and runs sshd, and run `sudo ssh-keygen -A` on it if keys are missing",
    },
  };
}

/** The keys in the output of ssh-keyscan: lines of `host type base64`, and comments. */
export function keysIn(output: string): HostKey[] {
  const found = output.split("\n").flatMap((line) => {
    const [host = "#", type = "", base64 = ""] = line.trim().split(/\s+/);
    return host.startsWith("#") || !types.includes(type) ? [] : [`${type} ${base64}`];
  });
  return types.flatMap((type) => found.filter((text) => text.startsWith(`${type} `))).map(hostKey);
}

function keyscan(address: string, port: number, timeoutSeconds: number) {
  return new Promise<{ stdout: string; stderr: string; failed?: string }>((resolve) => {
    const args = ["-T", String(timeoutSeconds), "-p", String(port), "-t", "ed25519,ecdsa", address];
    const child = spawn("ssh-keyscan", args, { stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => {
      stdout += String(data);
    });
    child.stderr.on("data", (data) => {
      stderr += String(data);
    });
    child.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ stdout, stderr, failed: error.code ?? error.message }),
    );
    child.once("close", () => resolve({ stdout, stderr }));
  });
}
