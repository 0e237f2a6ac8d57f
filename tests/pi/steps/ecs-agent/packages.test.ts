/** A site without the internet: the agents' packages are fetched and checked by the step, and not by AWS's installer. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { signer as makeSigner, type Signer } from "../../../../lab/agents/signer.ts";
import { script } from "../../../../pi/script.ts";
import { amazonSsm } from "../../../../pi/steps/ecs-agent/signing-key.ts";
import { type EcsAgentArgs, ecsAgent } from "../../../../pi/steps/ecs-agent.ts";
import { args, type Node, node } from "../../../support/fake-node.ts";

const folder = fs.mkdtempSync(join(tmpdir(), "packages-test-"));
let ssm: Signer;
let ecs: Signer;
test.before(async () => {
  ssm = await makeSigner(join(folder, "ssm"));
  ecs = await makeSigner(join(folder, "ecs"));
});
test.after.always(async () => {
  await Promise.all([ssm.close(), ecs.close()]);
  fs.rmSync(folder, { recursive: true });
});

const key = ({ fingerprint, publicKey }: Signer) => ({ fingerprint, publicKey: publicKey.toString() });
const never = (at: Node, more: Partial<EcsAgentArgs> = {}) =>
  ecsAgent(
    args(at, {
      internet: "never",
      packageSigners: { ssmAgent: key(ssm), ecsAgent: key(ecs) },
      ...more,
    }),
  );
/** As AWS has it: each package signed by its own key. */
const publish = (at: Node) =>
  at.publish((content, form) => (form === "binary" ? ssm : ecs).sign(content, form));
const architecture = execFileSync("uname", ["-m"]).toString().trim() === "aarch64" ? "arm64" : "amd64";
const ssmDeb = (at: Node) =>
  at.inS3(`amazon-ssm-us-east-1/latest/debian_${architecture}/amazon-ssm-agent.deb`);
const ecsDeb = (at: Node) => at.inS3(`amazon-ecs-agent-us-east-1/amazon-ecs-init-latest.${architecture}.deb`);

test("a bare host becomes a node, and the installer finds both agents there", async (t) => {
  const at = node(t);
  await publish(at);
  const before = at.snapshot();
  const step = never(at);
  const { facts } = await at.succeed(step);
  t.is(facts.managedInstanceId, "mi-00000000000000001");
  t.true(at.exists("/installer-ran"));
  t.false(at.exists("/installer-brought"), "it had nothing to fetch");
  t.is(at.read("/var/lib/ecs/ecs.config"), "AWS_DEFAULT_REGION=us-east-1\nECS_EXTERNAL=true\n");
  const calls = at.calls();
  const position = (pattern: RegExp) => calls.findIndex((call) => pattern.test(call));
  const order = [
    /install .*\/amazon-ssm-agent\.deb$/,
    /^systemctl --quiet enable amazon-ssm-agent$/,
    /install .*\/amazon-ecs-init\.deb$/,
    /^amazon-ssm-agent -register -code/,
  ].map(position);
  t.true(
    order.every((at, i) => at > (order[i - 1] ?? -1)),
    JSON.stringify(order),
  );
  t.false(calls.some((call) => /raw\.githubusercontent|download\.docker/.test(call)));

  t.deepEqual((await at.succeed(step)).changed, []);
  await at.succeed(step, "undo");
  at.forget();
  t.deepEqual(at.snapshot(), before);
});

test("with the internet as a fallback the installer brings the agents, as AWS has it", async (t) => {
  const at = node(t);
  await at.succeed(ecsAgent(args(at)));
  t.is(at.read("/installer-brought"), "amazon-ssm-agent\namazon-ecs-init\n");
});

test("AWS's installer takes packages of the site's own source alone", async (t) => {
  const at = node(t);
  await publish(at);
  at.write("/etc/ecs-anywhere-hybrid/apt/apt.conf", "");
  await at.succeed(never(at));
  t.is(at.read("/installer-ran"), at.path("/etc/ecs-anywhere-hybrid/apt/apt.conf"));
});

const nothingHappened = (at: Node) =>
  !at.exists("/installer-ran") && !at.calls().some((call) => / install .*\.deb$/.test(call));

test("a package that was changed after it was signed is not installed", async (t) => {
  const at = node(t);
  await publish(at);
  fs.appendFileSync(ssmDeb(at), "owned");
  const said = await at.refuse(never(at));
  t.regex(
    said,
    /amazon-ssm-agent: https:\/\/s3\.us-east-1\S+\/amazon-ssm-agent\.deb: must have a signature that fits its content, but it was tampered with or cut off on the way, so it was not installed; try again/,
  );
  t.true(nothingHappened(at));
});

test("a package that another key signed is not installed", async (t) => {
  const at = node(t);
  await at.publish((content, form) => ecs.sign(content, form));
  const said = await at.refuse(never(at));
  t.true(
    said.includes(
      `must be signed by the key ${ssm.fingerprint}, but is signed by ${ecs.fingerprint.slice(-16)}, so it was not installed; take this project's next release, since AWS may have a new key`,
    ),
    said,
  );
  t.true(nothingHappened(at));
});

test("a package without a signature, and one that is not there, are named with the endpoint to look at", async (t) => {
  for (const lost of [
    `${ssmDeb(node(t))}.sig`.split("/s3/")[1] ?? "",
    ssmDeb(node(t)).split("/s3/")[1] ?? "",
  ]) {
    const at = node(t);
    await publish(at);
    fs.rmSync(at.inS3(lost));
    const said = await at.refuse(never(at));
    t.true(
      said.includes(`privateEndpoints.services: https://s3.us-east-1.amazonaws.com/${lost}: must be in`),
      said,
    );
    t.regex(said, /check the endpoint s3, and what its policy lets through/);
    t.true(nothingHappened(at));
  }
});

test("packages that are pinned by their SHA-256 need no signature, and no others are taken", async (t) => {
  const at = node(t);
  await publish(at);
  const sum = (path: string) => createHash("sha256").update(fs.readFileSync(path)).digest("hex");
  const pinned = (...packagesSha256: string[]) =>
    never(at, { installer: { ...args(at).installer, packagesSha256 } });
  fs.rmSync(`${ssmDeb(at)}.sig`);
  fs.writeFileSync(ecsDeb(at), "another");
  const said = await at.refuse(pinned(sum(ssmDeb(at))));
  t.true(
    said.includes(
      `cluster.installer.packagesSha256: ${sum(ecsDeb(at))} of https://s3.us-east-1.amazonaws.com/amazon-ecs-agent-us-east-1/amazon-ecs-init-latest.${architecture}.deb: must be one of the SHA-256 sums that are pinned, so it was not installed; see`,
    ),
    said,
  );
  t.false(at.exists("/installer-ran"));
  await at.succeed(pinned(sum(ssmDeb(at)), sum(ecsDeb(at))));
  t.false(at.exists("/installer-brought"));
});

test("AWS's key for the SSM agent has the fingerprint that is pinned, and a day on which it expires", (t) => {
  const listed = execFileSync("gpg", ["--batch", "--homedir", folder, "--with-colons", "--show-keys"], {
    input: execFileSync("sh", ["-c", `${script("ecs-agent/install/amazon-keys.sh")}\namazon_ssm_key`]),
    stdio: "pipe",
  }).toString();
  t.is(/^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1], amazonSsm.fingerprint);
  const expires = new Date(Number(/^pub:(?:[^:]*:){5}(\d+):/m.exec(listed)?.[1]) * 1000);
  t.is(expires.toISOString().slice(0, 10), "2027-11-25");
});
