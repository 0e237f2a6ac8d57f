/** The lab's operations on the real engine, against an SSH server of the tests' own. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "@pulumi/command/remote/command.js";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { PrivateKey } from "@pulumi/tls/privateKey.js";
import anyTest, { type ExecutionContext, type TestFn } from "ava";
import { findEngine } from "../../../lab/engine/engine.ts";
import { type LabStack, labStack } from "../../../lab/engine/stack.ts";
import { Host } from "../../../pi/host.ts";
import { byLab, need } from "../../support/needs.ts";
import { type SshServer, startSshServer } from "../providers/ssh-server.ts";

const engine = await findEngine(join(import.meta.dirname, "../../../.lab/engine"));
need(engine === undefined ? ["Pulumi engine"] : [], byLab);
const test = anyTest as TestFn;

async function open(t: ExecutionContext, program: PulumiFn): Promise<{ stack: LabStack; lab: string }> {
  if (engine === undefined) throw new Error("no engine");
  const lab = await mkdtemp(join(tmpdir(), "lab-"));
  const stack = await labStack({ engine, lab, program, name: "test" });
  t.teardown(async () => {
    await stack.close();
    await rm(lab, { recursive: true });
  });
  return { stack, lab };
}

const config = {
  site: { cidr: "192.168.1.0/24", publicAddress: "198.51.100.7", gateway: "pi-1" },
  hosts: {},
};

async function host(t: ExecutionContext): Promise<SshServer> {
  const server = await startSshServer();
  t.teardown(server.stop);
  return server;
}

const step = ({ port, user, privateKey, hostKeys }: SshServer, program: string) =>
  new Command(
    "step",
    {
      connection: { host: "127.0.0.1", port, user, privateKey, hostKey: hostKeys[0] ?? "" },
      create: "sh -s",
      delete: "true",
      stdin: pulumi.secret(program),
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    { additionalSecretOutputs: ["stdout", "stderr"] },
  );

test("up, failed up, destroy: one login per run; no secret in the state, in a file or in the error", async (t) => {
  let text = "echo one # hunter2";
  const server = await host(t);
  const { stack, lab } = await open(t, async () => {
    const key = new PrivateKey("key", { algorithm: "ED25519" });
    return {
      out: pulumi.unsecret(step(server, text).stdout),
      key: key.publicKeyOpenssh,
      site: new pulumi.Config().requireObject("site"),
    };
  });
  await stack.setConfig({ ...config, ssh: { privateKey: "hunter2" } });
  const first = await stack.up();
  t.is(first.outputs.out?.value, "one");
  t.deepEqual(first.outputs.site?.value, config.site);
  t.regex(first.outputs.key?.value, /^ssh-ed25519 /);
  const made = await stack.privateKeys();
  t.deepEqual([made.length, made[0]?.split("\n")[0]], [1, "-----BEGIN OPENSSH PRIVATE KEY-----"]);
  t.is(server.logins(), 1);

  text = "echo the disk is full; exit 4 # hunter2";
  const error = await t.throwsAsync(stack.up());
  t.true(error?.message.includes('Process exited with status 4: running "sh -s":'));
  t.true(error?.message.includes("the disk is full"));
  t.false(error?.message.includes("hunter2"));

  const state = await stack.export();
  t.regex(state, /"ciphertext"/);
  const files = await readdir(join(lab, "pulumi"), { recursive: true, withFileTypes: true });
  const texts = files.filter((f) => f.isFile()).map((f) => readFile(join(f.parentPath, f.name), "utf8"));
  for (const text_ of [state, ...(await Promise.all(texts))])
    t.false(/hunter2|BEGIN (OPENSSH )?PRIVATE KEY/.test(text_));
  await stack.destroy();
  t.is(server.logins(), 3);
});

test("a host that shows another key, or is off, is an error with four parts", async (t) => {
  const { port, user, privateKey } = await host(t);
  // A port that no other test gets.
  const closed = 1;
  const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAx";
  const { stack } = await open(t, async () => {
    const args = { address: "127.0.0.1", user, privateKey, hostKey, dead: false };
    new Host("changed", { ...args, port }).run("step", { name: "step", verify: "false" });
    new Host("absent", { ...args, port: closed }).run("step", { name: "step", verify: "false" });
  });
  await stack.setConfig(config);
  const error = await t.throwsAsync(stack.up());
  const said = error?.message ?? "";
  const four =
    "hosts.changed.hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAx: must be";
  t.true(said.includes(four), said);
  t.regex(said, /run `npm run hostkeys -- test`/);
  t.regex(said, /hosts\.absent\.address: 127\.0\.0\.1: must answer .* connection refused; see/);
  t.regex(said, /after 10 failed attempts: ssh: handshake failed: ssh: host key mismatch/);
});

test("a host that dies during its first up: the steps that it has are kept, and the missing ones dial no host", async (t) => {
  const { port, user, privateKey, hostKeys, logins } = await host(t);
  let dead = false;
  const { stack } = await open(t, async () => {
    const hostKey = hostKeys[0] ?? "";
    const pi = new Host("pi-1", { address: "127.0.0.1", port, user, privateKey, hostKey, dead });
    if (dead) {
      const [first, second] = ["first", "second"].map((name) => pi.run(name, { name, verify: "false" }));
      return { first: first?.result, second: second?.result };
    }
    // As Host creates it, except for the program, which would change this machine.
    new Command(
      "pi-1-first",
      {
        connection: { host: "127.0.0.1", port, user, hostKey, privateKey },
        create: "sh -s -- converge",
        delete: "sh -s -- undo",
        stdin: `echo '{"step":"first","changed":[],"facts":{"seen":"yes"}}'`,
        logging: "none",
        addPreviousOutputInEnv: false,
      },
      { parent: pi },
    );
    return {};
  });
  await stack.setConfig(config);
  await stack.up();
  t.is(logins(), 1);
  dead = true;
  const { outputs, summary } = await stack.up();
  t.is(summary.resourceChanges?.create, 1);
  t.is(summary.resourceChanges?.update, undefined);
  t.deepEqual(outputs.first?.value, { step: "first", changed: [], facts: { seen: "yes" } });
  t.deepEqual(outputs.second?.value, { step: "second", changed: [], facts: {} });
  await stack.destroy();
  t.is(logins(), 1);
});

test("Ctrl-C in the middle of an up: operations under way are finished and in the state, the others do not start", async (t) => {
  const { port, user, privateKey, hostKeys } = await host(t);
  const lab = await mkdtemp(join(tmpdir(), "lab-"));
  t.teardown(() => rm(lab, { recursive: true }));
  const connection = JSON.stringify({ host: "127.0.0.1", port, user, privateKey, hostKey: hostKeys[0] });
  // A process group of its own, in place of the terminal's foreground group.
  const up = spawn(
    process.execPath,
    [...process.execArgv, join(import.meta.dirname, "interrupted.ts"), lab, connection],
    {
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    },
  );
  let said = "";
  up.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const closed = new Promise((resolve) => up.once("close", (code, signal) => resolve(code ?? signal)));
  // The first command is under way on the host once its file exists.
  while (!existsSync(join(lab, "begun")) && up.exitCode === null) await sleep(50);
  if (up.pid !== undefined && up.exitCode === null) process.kill(-up.pid, "SIGINT");
  const status = await closed;
  t.is(status, 0, said);
  const [, ending, state = ""] = /^ended: ([\s\S]*?)^(\{[\s\S]*)/m.exec(said) ?? [];
  t.regex(ending ?? "", /update canceled/);
  const { deployment } = JSON.parse(state) as {
    deployment: { resources: { urn: string }[]; pending_operations?: unknown[] };
  };
  const names = deployment.resources.map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2));
  t.true(names.includes("first"), said);
  t.false(names.includes("second"), said);
  t.deepEqual(deployment.pending_operations ?? [], []);
});
