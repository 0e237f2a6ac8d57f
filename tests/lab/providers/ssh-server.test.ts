/** The tests' own SSH server takes the place of sshd: what OpenSSH's clients and Go's find in it. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import ssh2, { type ConnectConfig } from "ssh2";
import { run } from "../../../lab/world/run.ts";
import { keyPair, type SshServer, startPasswordServer, startSshServer } from "./ssh-server.ts";

function started(t: ExecutionContext, server: SshServer): SshServer {
  t.teardown(server.stop);
  return server;
}

/** A client that begins without credentials; returns the methods that the server then names. */
function methodsOf({ port, user }: SshServer): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on("error", reject);
    client.connect({
      ...{ host: "127.0.0.1", port, username: user },
      authHandler: ((left: readonly string[] | null) => {
        if (left === null) return "none";
        resolve(left);
        client.removeAllListeners("error").on("error", () => undefined);
        return false;
      }) as NonNullable<ConnectConfig["authHandler"]>,
    });
  });
}

test("a client without credentials learns the one method that the server takes", async (t) => {
  t.deepEqual(await methodsOf(started(t, await startSshServer())), ["publickey"]);
  t.deepEqual(await methodsOf(started(t, await startPasswordServer("secret"))), ["password"]);
});

test("OpenSSH's clients log in, run a command and upload a file; with another key they cannot", async (t) => {
  const server = started(t, await startSshServer());
  const folder = mkdtempSync(join(tmpdir(), "openssh-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const key = file("key", server.privateKey);
  const known = file("known", `[127.0.0.1]:${server.port} ${server.hostKeys[0]}\n`);
  const options = (identity: string) => [
    ...["-F", "none", "-i", identity, "-o", `UserKnownHostsFile=${known}`, "-o", "BatchMode=yes"],
    ...["-o", "IdentitiesOnly=yes"],
  ];
  const ssh = ["ssh", ...options(key), "-p", `${server.port}`, `${server.user}@127.0.0.1`];
  t.is(await run([...ssh, "cat; echo said >&2"], { input: "in" }), "in");
  t.is((await t.throwsAsync(run([...ssh, "exit 7"])))?.message.includes("ended with 7"), true);

  const source = file("source", "x".repeat(1 << 20));
  chmodSync(source, 0o640);
  const sftp = ["sftp", ...options(key), "-P", `${server.port}`, "-b", "-", `${server.user}@127.0.0.1`];
  const batch = `mkdir ${folder}/made\nput -p ${source} ${folder}/made/copy\n`;
  await run(sftp, { input: batch });
  t.is(readFileSync(join(folder, "made/copy"), "utf8"), readFileSync(source, "utf8"));
  t.is(statSync(join(folder, "made/copy")).mode & 0o777, 0o640);

  const other = file("other", keyPair().private);
  const refused = ["ssh", ...options(other), "-p", `${server.port}`, `${server.user}@127.0.0.1`, "true"];
  await t.throwsAsync(run(refused), { message: /Permission denied \(publickey\)/ });
  t.is(server.logins(), 3);
});
