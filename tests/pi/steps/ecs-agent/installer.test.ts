import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { signer as makeSigner, type Signer } from "../../../../lab/agents/signer.ts";
import { script } from "../../../../pi/script.ts";
import { amazonEcs } from "../../../../pi/steps/ecs-agent/signing-key.ts";
import { type EcsAgentArgs, ecsAgent } from "../../../../pi/steps/ecs-agent.ts";
import { args, type Node, node } from "../../../support/fake-node.ts";

const folder = fs.mkdtempSync(join(tmpdir(), "installer-test-"));
let trusted: Signer;
let other: Signer;
test.before(async () => {
  trusted = await makeSigner(join(folder, "trusted"));
  other = await makeSigner(join(folder, "other"));
});
test.after.always(async () => {
  await Promise.all([trusted.close(), other.close()]);
  fs.rmSync(folder, { recursive: true });
});

const installed = (at: Node) => at.exists("/installer-ran");

test("a tampered installer is not run: pinned SHA-256", async (t) => {
  const at = node(t);
  const before = at.snapshot();
  at.tamperInstaller();
  const said = await at.refuse(ecsAgent(args(at)));
  t.regex(
    said,
    /cluster\.installer\.sha256: [0-9a-f]{64}: must be the SHA-256 of .*, but that has [0-9a-f]{64}, so it was not run; read/,
  );
  t.false(installed(at));
  t.false(at.exists("/etc/ecs"));
  await at.succeed(ecsAgent(args(at)), "undo");
  t.deepEqual(at.snapshot(), before);
});

const signed = async (at: Node, by: Signer) => {
  fs.writeFileSync(`${at.installerPath}.asc`, await by.sign(fs.readFileSync(at.installerPath), "armored"));
};
const trusting = (at: Node, more: Partial<EcsAgentArgs> = {}) =>
  ecsAgent(
    args(at, {
      installer: { url: at.installerUrl, packagesSha256: [] },
      signer: { fingerprint: trusted.fingerprint, publicKey: trusted.publicKey.toString() },
      ...more,
    }),
  );

test("an installer signed by the trusted key runs", async (t) => {
  const at = node(t);
  await signed(at, trusted);
  await at.succeed(trusting(at));
  t.true(installed(at));
});

test("an installer that is not signed is not run", async (t) => {
  const at = node(t);
  t.regex(
    await at.refuse(trusting(at)),
    /cluster\.installer\.url: .*: must be signed by the key [0-9A-F]{40}, but .*\.asc cannot be downloaded/,
  );
  t.false(installed(at));
});

test("an installer signed by another key is not run", async (t) => {
  const at = node(t);
  await signed(at, other);
  const said = await at.refuse(trusting(at));
  t.true(
    said.includes(`but is signed by ${other.fingerprint.slice(-16)}, so it was not run; use AWS's address`),
    said,
  );
  t.false(installed(at));
});

test("an installer that was changed after it was signed is not run", async (t) => {
  const at = node(t);
  await signed(at, trusted);
  at.tamperInstaller();
  t.regex(
    await at.refuse(trusting(at)),
    /must have a signature that fits its content.* so it was not run; try again/,
  );
  t.false(installed(at));
});

test("an installer signed by the trusted key, which has expired, is not run", async (t) => {
  const at = node(t);
  const home = join(folder, "expired");
  const { fingerprint, sign, close } = await makeSigner(home);
  fs.writeFileSync(`${at.installerPath}.asc`, await sign(fs.readFileSync(at.installerPath), "armored"));
  const gpg = ["--batch", "--quiet", "--homedir", home, "--pinentry-mode", "loopback", "--passphrase", ""];
  execFileSync("gpg", [...gpg, "--quick-set-expire", fingerprint, "seconds=1"]);
  const publicKey = execFileSync("gpg", [...gpg, "--armor", "--export", fingerprint]).toString();
  await close();
  // gpg counts whole seconds, and a key is valid until the end of its last one.
  await sleep(2100);
  t.regex(
    await at.refuse(trusting(at, { signer: { fingerprint, publicKey } })),
    /must be signed by the key [0-9A-F]{40}, but that key has expired or was revoked, so it was not run/,
  );
  t.false(installed(at));
});

test("a key in the host's own keyring vouches for nothing", async (t) => {
  const at = node(t);
  await signed(at, other);
  const home = join(folder, "home");
  fs.mkdirSync(join(home, ".gnupg"), { recursive: true, mode: 0o700 });
  execFileSync("gpg", ["--batch", "--quiet", "--homedir", join(home, ".gnupg"), "--import"], {
    input: other.publicKey,
  });
  const { status } = await at.run(trusting(at), "converge", { HOME: home });
  t.is(status, 1);
  t.false(installed(at));
});

test("AWS's key has the fingerprint that AWS prints, and the subkey that signs the installer", (t) => {
  const listed = execFileSync("gpg", ["--batch", "--homedir", folder, "--with-colons", "--show-keys"], {
    input: execFileSync("sh", ["-c", `${script("ecs-agent/install/amazon-keys.sh")}\namazon_ecs_key`]),
    stdio: "pipe",
  }).toString();
  const fingerprints = [...listed.matchAll(/^fpr:+([0-9A-F]{40}):/gm)].map(([, fingerprint]) => fingerprint);
  t.is(fingerprints[0], amazonEcs.fingerprint);
  t.true(amazonEcs.fingerprint.endsWith("BCE9D9A42D51784F"));
  t.true(fingerprints.some((fingerprint) => fingerprint?.endsWith("50DECCC4710E61AF")));
});
