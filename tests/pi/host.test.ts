import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { program } from "../../pi/converge.ts";
import { PiHost, type PiHostArgs } from "../../pi/host.ts";
import type { Step } from "../../pi/step.ts";
import { type Registered, withAws } from "../support/mocks.ts";

const args: PiHostArgs = {
  address: "192.168.1.101",
  user: "pi",
  port: 2222,
  hostKey: "ssh-ed25519 AAAA",
  privateKey: "automation",
  dead: false,
};
const step = (name: string): Step => ({ name, verify: ":" });
const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

const connection = (all: readonly Registered[], name: string) =>
  (all.find((r) => r.name === name)?.inputs.connection ?? {}) as Readonly<Record<string, unknown>>;

test.serial(
  "a step is one command: constant texts, the program on a secret stdin, a pinned host key",
  async (t) => {
    const aws = await withAws();
    const host = new PiHost("pi-1", args);
    host.run("docker", step("docker"));
    const all = await aws.registered();
    const component = all.find((r) => r.type === "hybrid:pi:PiHost");
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
      stdin: program(step("docker"), { field: "hosts.pi-1.user" }),
      logging: "none",
      addPreviousOutputInEnv: false,
    });
    t.true(command?.secretInputs.includes("stdin"));
    t.true(command?.secretInputs.includes("connection"));
    // The provider itself has the whole connection kept secret.
    t.deepEqual([...(command?.additionalSecretOutputs ?? [])].sort(), ["connection", "stderr", "stdout"]);
    t.deepEqual(command?.customTimeouts, { create: "35m", update: "35m", delete: "35m" });
    t.false(command?.retainOnDelete);
  },
);

test.serial(
  "steps of one host follow one another and what they depend on; hosts go side by side",
  async (t) => {
    const aws = await withAws();
    const one = new PiHost("pi-1", args);
    const two = new PiHost("pi-2", { ...args, address: "192.168.1.102" });
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
  const host = new PiHost("pi-1", args);
  for (const name of ["reboot", "kernel", "docker"]) host.run(name, step(name));
  const all = await aws.registered();
  const limit = (name: string) => connection(all, name).dialErrorLimit;
  t.deepEqual([limit("pi-1-reboot"), limit("pi-1-kernel"), limit("pi-1-docker")], [10, 60, 10]);
});

test.serial("a step may log in otherwise: with a person's key, or by the SSH agent", async (t) => {
  const aws = await withAws();
  const host = new PiHost("pi-1", args);
  host.run("with-key", step("with-key"), { connectAs: { privateKey: pulumi.secret("person") } });
  host.run("by-agent", step("by-agent"), { connectAs: {} });
  const all = await aws.registered();
  const login = (name: string) => {
    const { user, privateKey } = connection(all, name);
    return { user, privateKey };
  };
  t.deepEqual(login("pi-1-with-key"), { user: "pi", privateKey: "person" });
  t.deepEqual(login("pi-1-by-agent"), { user: "pi", privateKey: undefined });
});

test.serial("nothing is sent to a dead host, and a destroy does not wait for it", async (t) => {
  const aws = await withAws({ ssh: () => "" });
  const host = new PiHost("pi-1", { ...args, dead: true });
  const { result } = host.run("docker", step("docker"));
  host.carry("packages", { file: "package.json", path: "/var/tmp/x", field: "site.packages.file" });
  const all = await aws.registered();
  const command = all.find((r) => r.name === "pi-1-docker");
  t.deepEqual(command?.ignoreChanges, ["*"]);
  t.true(command?.retainOnDelete);
  // A step that was never made has no command: nothing for the provider to dial for.
  t.is(command?.inputs.create, undefined);
  t.deepEqual(await value(result), { step: "docker", changed: [], facts: {} });
  t.is(
    all.find((r) => r.name === "pi-1-packages"),
    undefined,
  );
});

test.serial("what a dead host said before is still its result", async (t) => {
  const answer = { step: "agent", changed: [], facts: { managedInstanceId: "mi-1" } };
  const aws = await withAws({ ssh: () => JSON.stringify(answer) });
  const { result } = new PiHost("pi-1", { ...args, dead: true }).run("agent", step("agent"));
  t.deepEqual(await value(result), answer);
  await aws.registered();
});

test.serial("the result is what the host said, and no secret", async (t) => {
  const answer = { step: "agent", changed: ["/etc/x"], facts: { managedInstanceId: "mi-1" } };
  const aws = await withAws({ ssh: () => `${JSON.stringify(answer)}\n` });
  const { result } = new PiHost("pi-1", args).run("agent", step("agent"));
  t.deepEqual(await value(result), answer);
  t.false(await pulumi.isSecret(result));
  await aws.registered();
});

test.serial("another `again` makes another program, which the same host carries out again", async (t) => {
  const aws = await withAws();
  new PiHost("pi-1", { ...args, again: "2" }).run("docker", step("docker"));
  const command = (await aws.registered()).find((r) => r.name === "pi-1-docker");
  t.true(`${command?.inputs.stdin}`.endsWith("\n# Again: 2\n"));
});

test.serial("a file is carried between two steps, to this host, and with it its SHA-256", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "cargo-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "packages.tar");
  writeFileSync(file, "content");
  const aws = await withAws();
  const host = new PiHost("pi-1", { ...args, again: "2" });
  host.run("first", step("first"));
  const carried = host.carry("packages", {
    file,
    path: "/var/tmp/packages.tar",
    field: "site.packages.file",
  });
  t.is(carried.path, "/var/tmp/packages.tar");
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
  t.is(await value(carried.sha256), createHash("sha256").update("content").digest("hex"));
});

test.serial("a file that is not there is named with its field", async (t) => {
  await withAws();
  const host = new PiHost("pi-1", args);
  t.throws(
    () => host.carry("packages", { file: "nowhere.tar", path: "/var/tmp/x", field: "site.packages.file" }),
    {
      message:
        /^site\.packages\.file: nowhere\.tar: must be a file on the computer .* \/.*nowhere\.tar is none; correct the path/,
    },
  );
});
