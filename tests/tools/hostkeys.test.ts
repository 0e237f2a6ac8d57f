import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import ssh2 from "ssh2";
import { InvalidInput } from "../../config/errors.ts";
import { ed25519Key } from "../../lab/providers/ed25519-key.ts";
import { type PinOptions, pinHostKeys } from "../../tools/hostkeys/pin.ts";
import { hostKey, keysIn } from "../../tools/hostkeys/scan.ts";

const root = new URL("../../", import.meta.url).pathname;

/** An SSH server on a free port of 127.0.0.1. */
async function sshServer(t: ExecutionContext, keys = [ed25519Key()]) {
  const server = new ssh2.Server({ hostKeys: keys.map((key) => key.private) }, (client) => {
    client.on("error", () => {});
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { port, keys: keys.map(({ public: text }) => text.trim().split(" ").slice(0, 2).join(" ")) };
}

const all = await mkdtemp(join(tmpdir(), "hostkeys-"));
test.after.always(() => rm(all, { recursive: true }));

/** A project folder with a stack of these hosts. */
async function project(hosts: string): Promise<string> {
  const folder = await mkdtemp(join(all, "project-"));
  await copyFile(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  await writeFile(
    join(folder, "Pulumi.test.yaml"),
    `# the lab in the attic\nconfig:\n  aws:region: us-east-1\n  ecs-anywhere-hybrid:hosts:\n${hosts}encryptionsalt: v1:abc\n`,
  );
  return folder;
}

const stackFile = (folder: string) => readFile(join(folder, "Pulumi.test.yaml"), "utf8");

async function run(folder: string, options: Partial<PinOptions> = {}, answers: string[] = []) {
  const said: string[] = [];
  const problems = await pinHostKeys({
    folder,
    stack: "test",
    yes: false,
    timeoutSeconds: 1,
    ask: async (question) => {
      said.push(question);
      return answers.shift() ?? "";
    },
    say: (line) => said.push(line),
    ...options,
  });
  return { problems, said: said.join("\n"), file: await stackFile(folder) };
}

const pi = (name: string, port: number, more = "") =>
  `    ${name}:\n      address: 127.0.0.1 # upstairs\n      port: ${port}\n${more}`;

test("a new key is shown, confirmed and written after the address; comments stay", async (t) => {
  const { port, keys } = await sshServer(t);
  const [key = ""] = keys;
  const { problems, said, file } = await run(await project(pi("pi-1", port)), {}, ["y"]);
  t.deepEqual(problems, []);
  t.true(said.includes(hostKey(key).fingerprint));
  t.regex(said, /pi-1 {2}127\.0\.0\.1 +new/);
  t.true(
    file.startsWith(
      `# the lab in the attic\nconfig:\n  aws:region: us-east-1\n  ecs-anywhere-hybrid:hosts:\n    pi-1:\n      address: 127.0.0.1 # upstairs\n      hostKey: ${key}\n      port: ${port}\n`,
    ),
    file,
  );
});

test("the fingerprint is the one that ssh-keygen prints", (t) => {
  const text = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
  t.is(hostKey(text).fingerprint, "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
});

test("ECDSA before Ed25519, no RSA, no comments", (t) => {
  const output =
    "# 10.0.0.1:22 SSH-2.0\n10.0.0.1 ssh-rsa AAAA1\n10.0.0.1 ecdsa-sha2-nistp256 AAAA2\n[10.0.0.1]:2222 ssh-ed25519 AAAA3\n";
  t.deepEqual(
    keysIn(output).map(({ text }) => text),
    ["ecdsa-sha2-nistp256 AAAA2", "ssh-ed25519 AAAA3"],
  );
});

test("[a]ll accepts every new key, [n]o leaves the file as it is", async (t) => {
  const [one, two] = [await sshServer(t), await sshServer(t)];
  const folder = await project(pi("pi-1", one.port) + pi("pi-2", two.port));
  const before = await stackFile(folder);
  const refused = await run(folder, {}, ["n", ""]);
  t.is(refused.file, before);
  t.deepEqual(
    refused.problems.map(({ field, rule }) => [field, rule]),
    [
      ["hosts.pi-1.hostKey", "must be confirmed by a person"],
      ["hosts.pi-2.hostKey", "must be confirmed by a person"],
    ],
  );
  const accepted = await run(folder, {}, ["a"]);
  t.deepEqual(accepted.problems, []);
  t.is(accepted.file.match(/hostKey: ssh-ed25519/g)?.length, 2);
});

test("--yes accepts new keys, never a changed one; a person confirms that by typing the host's name", async (t) => {
  const [old, now] = [ed25519Key(), await sshServer(t)];
  const pinned = old.public.trim().split(" ").slice(0, 2).join(" ");
  const folder = await project(pi("pi-1", now.port, `      hostKey: ${pinned}\n`));
  const before = await stackFile(folder);
  for (const [options, answers] of [
    [{ yes: true }, []],
    [{}, ["y"]],
    [{}, ["a"]],
  ] as const) {
    const { problems, said, file } = await run(folder, options, [...answers]);
    t.is(file, before);
    t.regex(said, /THE KEY OF pi-1 HAS CHANGED/);
    t.true(
      said.includes(hostKey(pinned).fingerprint) && said.includes(hostKey(now.keys[0] ?? "").fingerprint),
    );
    t.is(problems[0]?.rule, "must be the pinned key, or confirmed by a person");
  }
  const confirmed = await run(folder, {}, ["pi-1"]);
  t.deepEqual(confirmed.problems, []);
  t.true(confirmed.file.includes(`hostKey: ${now.keys[0]}`));
  t.false(confirmed.file.includes(pinned));
});

test("an unchanged key needs no answer, even if the host also has a preferred one", async (t) => {
  const ecdsa = ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 });
  const { port, keys } = await sshServer(t, [ed25519Key(), ecdsa]);
  const folder = await project(pi("pi-1", port, `      hostKey: ${keys[0]}\n`));
  const before = await stackFile(folder);
  const { problems, said, file } = await run(folder);
  t.deepEqual(problems, []);
  t.is(file, before);
  t.regex(said, /same +ssh-ed25519 SHA256:/);
});

test("a silent host is named with a remedy, and the other hosts are still pinned", async (t) => {
  const { port } = await sshServer(t);
  const folder = await project(pi("pi-1", 1) + pi("pi-2", port));
  const { problems, file } = await run(folder, { yes: true });
  t.is(problems.length, 1);
  t.is(problems[0]?.field, "hosts.pi-1.address");
  t.is(problems[0]?.value, "127.0.0.1, port 1");
  t.regex(problems[0]?.rule ?? "", /must answer with an Ed25519 or ECDSA host key within 1 s/);
  t.regex(file, /pi-2:\n +address: 127\.0\.0\.1 # upstairs\n +hostKey: /);
});

test("dead hosts are left alone", async (t) => {
  const { problems, said } = await run(await project(pi("pi-1", 1, "      dead: true\n")));
  t.deepEqual(problems, []);
  t.regex(said, /Asking 0 hosts/);
});

test("an unknown stack and an unreadable host are refused with errors of four parts", async (t) => {
  const folder = await project("    pi-1:\n      address: 192.168.1.300\n");
  const unknown = await t.throwsAsync(run(folder, { stack: "hme" }), { instanceOf: InvalidInput });
  t.regex(
    unknown?.message ?? "",
    /^STACK: hme: must be a stack of this project: there is no Pulumi\.hme\.yaml; choose one of test/,
  );
  const bad = await t.throwsAsync(run(folder), { instanceOf: InvalidInput });
  t.regex(bad?.message ?? "", /^hosts\.pi-1\.address: .*must be an IPv4 address/);
});
