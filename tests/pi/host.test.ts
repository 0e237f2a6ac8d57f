import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import test from "ava";

import { Host, type HostArgs } from "../../pi/host.ts";
import { installText, programFile, stepText } from "../../pi/program.ts";
import type { Step } from "../../pi/step.ts";
import { automationKey } from "../../pi/steps/automation-key.ts";
import { type Registered, withAws } from "../support/mocks.ts";

const args: HostArgs = {
  address: "192.168.1.101",
  user: "pi",
  port: 2222,
  hostKey: "ssh-ed25519 AAAA",
  privateKey: "automation",
  dead: false,
};
const step = (name: string): Step => ({ name, verify: ":" });
const own = { field: "hosts.pi-1.user", owner: "hybrid/test/pi-1" };
const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

const connection = (all: readonly Registered[], name: string) =>
  (all.find((r) => r.name === name)?.inputs.connection ?? {}) as Readonly<Record<string, unknown>>;

test.serial("a step is one command: constant texts, its own data on stdin, a pinned host key", async (t) => {
  const aws = await withAws();
  const host = new Host("pi-1", args);
  host.run("docker", step("docker"));
  const all = await aws.registered();
  const component = all.find((r) => r.type === "hybrid:site:Host");
  const command = all.find((r) => r.name === "pi-1-docker");
  t.is(component?.name, "pi-1");
  t.is(command?.type, "command:remote:Command");
  t.is(command?.parent, component?.urn);
  t.deepEqual(command?.inputs, {
    connection: {
      host: "192.168.1.101",
      user: "pi",
      port: 2222,
      hostKey: "ssh-ed25519 AAAA",
      privateKey: "automation",
      dialErrorLimit: 10,
      perDialTimeout: 5,
    },
    create: "sh -s -- converge",
    delete: "sh -s -- undo",
    stdin: stepText(step("docker"), own),
    logging: "none",
    addPreviousOutputInEnv: false,
  });
  t.deepEqual(command?.secretInputs, ["connection"]);
  t.true(command?.secretInputs.includes("connection"));
  // The provider itself marks the whole connection as secret.
  t.deepEqual([...(command?.additionalSecretOutputs ?? [])].sort(), ["connection", "stderr", "stdout"]);
  t.deepEqual(command?.customTimeouts, { create: "35m", update: "35m", delete: "35m" });
  t.false(command?.retainOnDelete);
});

test.serial(
  "steps of one host follow one another and what they depend on; hosts go side by side",
  async (t) => {
    const aws = await withAws();
    const one = new Host("pi-1", args);
    const two = new Host("pi-2", { ...args, address: "192.168.1.102" });
    const first = one.run("first", step("first"));
    one.run("second", pulumi.output(step("second")));
    two.run("first", step("first"));
    two.run("second", step("second"), { dependsOn: [first.resource] });
    const all = await aws.registered();
    const byName = (name: string) => all.find((r) => r.name === name);
    const waitsFor = (name: string) =>
      (byName(name)?.dependencies ?? [])
        .map((urn) => all.find((r) => r.urn === urn)?.name)
        .filter((name) => name?.startsWith("pi-"))
        .sort();
    t.deepEqual(waitsFor("pi-1-first"), []);
    t.deepEqual(waitsFor("pi-1-second"), ["pi-1-first"]);
    t.deepEqual(waitsFor("pi-2-first"), []);
    t.deepEqual(waitsFor("pi-2-second"), ["pi-1-first", "pi-2-first"]);
  },
);

test.serial("the step after a reboot dials long enough for a Pi to come back", async (t) => {
  const aws = await withAws();
  const host = new Host("pi-1", args);
  for (const name of ["reboot", "kernel", "docker"]) host.run(name, step(name));
  const all = await aws.registered();
  const limit = (name: string) => connection(all, name).dialErrorLimit;
  t.deepEqual([limit("pi-1-reboot"), limit("pi-1-kernel"), limit("pi-1-docker")], [10, 60, 10]);
});

test.serial(
  "a text that holds a secret is a secret: because the step says so, or because of its values",
  async (t) => {
    const aws = await withAws();
    const host = new Host("pi-1", args);
    host.run("said", { ...step("said"), secrets: ["hunter2"], variables: { KEY: "hunter2" } });
    host.run(
      "from",
      pulumi.secret("hunter2").apply((KEY) => ({ ...step("from"), variables: { KEY } })),
    );
    host.run(
      "open",
      pulumi.output("public").apply((KEY) => ({ ...step("open"), variables: { KEY } })),
    );
    const all = await aws.registered();
    const isSecret = (name: string) => all.find((r) => r.name === name)?.secretInputs.includes("stdin");
    t.deepEqual(
      ["said", "from", "open"].map((name) => isSecret(`pi-1-${name}`)),
      [true, true, false],
    );
    t.true(String(all.find((r) => r.name === "pi-1-from")?.inputs.stdin).includes("hunter2"));
  },
);

test.serial(
  "the automation key is let in by another login: a person's key, the SSH agent, or its own",
  async (t) => {
    const aws = await withAws();
    const logins = { person: { privateKey: pulumi.secret("person") }, agent: {}, own: undefined };
    for (const [name, login] of Object.entries(logins))
      new Host(name, args).installKey("ssh-ed25519 AAAA", login);
    const all = await aws.registered();
    const login = (name: string) => {
      const { user, privateKey } = connection(all, `${name}-automation-key`);
      return { user, privateKey };
    };
    t.deepEqual(login("person"), { user: "pi", privateKey: "person" });
    t.deepEqual(login("agent"), { user: "pi", privateKey: undefined });
    t.deepEqual(login("own"), { user: "pi", privateKey: "automation" });
    const command = all.find((r) => r.name === "own-automation-key");
    const owner = "hybrid/test/own";
    t.is(
      command?.inputs.stdin,
      automationKey({ publicKeyOpenssh: "ssh-ed25519 AAAA", user: "pi", field: "hosts.own.user", owner }),
    );
  },
);

test.serial(
  "the program is sent once, between the key and all steps: as a file, and as its SHA-256",
  async (t) => {
    const aws = await withAws();
    const host = new Host("pi-1", { ...args, rerunToken: "2.0" });
    host.installKey("ssh-ed25519 AAAA");
    host.installProgram();
    host.run("first", step("first"));
    const all = await aws.registered();
    const find = (name: string) => all.find((r) => r.name === `pi-1-${name}`);
    const { path, sha256 } = programFile("2.0");
    const [upload, installed] = [find("upload"), find("program")];
    t.is(upload?.type, "command:remote:CopyToRemote");
    t.is((upload?.inputs.source as { path?: string } | undefined)?.path, path);
    t.is(upload?.inputs.remotePath, ".ecs-anywhere-hybrid");
    // Raising it is an update: the file is a different one.
    t.deepEqual(upload?.inputs.triggers, ["192.168.1.101"]);
    t.is(installed?.inputs.stdin, installText({ ...own, sha256, user: "pi", rerunToken: "2.0" }));
    const waitsFor = (name: string, other: string) =>
      t.true(find(name)?.dependencies.includes(find(other)?.urn ?? ""), `${name} waits for ${other}`);
    waitsFor("upload", "automation-key");
    waitsFor("program", "upload");
    waitsFor("first", "program");
  },
);

test.serial("nothing is sent to a dead host, and a destroy does not wait for it", async (t) => {
  const aws = await withAws({ ssh: () => "" });
  const host = new Host("pi-1", { ...args, dead: true });
  const { result } = host.run("docker", step("docker"));
  host.installProgram();
  host.upload("packages", { file: "package.json", path: "/var/tmp/x", field: "site.packages.file" });
  const all = await aws.registered();
  const command = all.find((r) => r.name === "pi-1-docker");
  t.deepEqual(command?.ignoreChanges, ["*"]);
  t.true(command?.retainOnDelete);
  // A step that was never created has no command, so the provider has no reason to dial.
  t.is(command?.inputs.create, undefined);
  t.deepEqual(await value(result), { step: "docker", changed: [], facts: {} });
  for (const copy of ["pi-1-packages", "pi-1-upload"])
    t.is(
      all.find((r) => r.name === copy),
      undefined,
    );
});

test.serial("the last answer of a dead host is still its result", async (t) => {
  const answer = { step: "agent", changed: [], facts: { managedInstanceId: "mi-1" } };
  const aws = await withAws({ ssh: () => JSON.stringify(answer) });
  const { result } = new Host("pi-1", { ...args, dead: true }).run("agent", step("agent"));
  t.deepEqual(await value(result), answer);
  await aws.registered();
});

test.serial("the result is the host's answer, and not a secret", async (t) => {
  const answer = { step: "agent", changed: ["/etc/x"], facts: { managedInstanceId: "mi-1" } };
  const aws = await withAws({ ssh: () => `${JSON.stringify(answer)}\n` });
  const { result } = new Host("pi-1", args).run("agent", step("agent"));
  t.deepEqual(await value(result), answer);
  t.false(await pulumi.isSecret(result));
  await aws.registered();
});

test.serial(
  "another `rerunToken` makes another program, which the same host carries out again",
  async (t) => {
    const aws = await withAws();
    new Host("pi-1", { ...args, rerunToken: "2" }).run("docker", step("docker"));
    const command = (await aws.registered()).find((r) => r.name === "pi-1-docker");
    t.true(`${command?.inputs.stdin}`.endsWith("\n# Again: 2\n"));
  },
);

test.serial("a file is uploaded between two steps, to this host, and with it its SHA-256", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "upload-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "packages.tar");
  writeFileSync(file, "content");
  const aws = await withAws();
  const host = new Host("pi-1", { ...args, rerunToken: "2" });
  host.run("first", step("first"));
  const uploaded = host.upload("packages", {
    file,
    path: "/var/tmp/packages.tar",
    field: "site.packages.file",
  });
  t.is(uploaded.path, "/var/tmp/packages.tar");
  host.run("second", step("second"));
  const all = await aws.registered();
  const copy = all.find((r) => r.name === "pi-1-packages");
  t.is(copy?.type, "command:remote:CopyToRemote");
  t.is(copy?.inputs.remotePath, "/var/tmp/packages.tar");
  t.deepEqual(copy?.inputs.triggers, ["192.168.1.101", "2"]);
  t.deepEqual(connection(all, "pi-1-packages"), connection(all, "pi-1-first"));
  t.true(copy?.secretInputs.includes("connection"));
  t.deepEqual(copy?.customTimeouts, { create: "35m", update: "35m", delete: "35m" });
  const waitsFor = (name: string) => all.find((r) => r.name === name)?.dependencies ?? [];
  t.true(waitsFor("pi-1-packages").includes(all.find((r) => r.name === "pi-1-first")?.urn ?? ""));
  t.true(waitsFor("pi-1-second").includes(copy?.urn ?? ""));
  t.is(await value(uploaded.sha256), createHash("sha256").update("content").digest("hex"));
});

test.serial("a missing file is reported with its field", async (t) => {
  await withAws();
  const host = new Host("pi-1", args);
  t.throws(
    () => host.upload("packages", { file: "nowhere.tar", path: "/var/tmp/x", field: "site.packages.file" }),
    {
      message:
        /^site\.packages\.file: nowhere\.tar: must be a file on the computer .* \/.*nowhere\.tar is not one; correct the path/,
    },
  );
});
