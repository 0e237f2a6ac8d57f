import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import test from "ava";
import ssh2 from "ssh2";
import { ed25519Key } from "../../../lab/providers/ed25519-key.ts";
import { describe, tlsProvider } from "../../../lab/providers/tls.ts";
import { reveal, secret } from "../../../lab/providers/values.ts";

const URN = "urn:pulumi:test::project::tls:index/privateKey:PrivateKey::automation";

const cases = [
  { algorithm: "ED25519", type: "ssh-ed25519", pem: "-----BEGIN PRIVATE KEY-----" },
  { algorithm: "RSA", type: "ssh-rsa", pem: "-----BEGIN RSA PRIVATE KEY-----" },
  {
    algorithm: "ECDSA",
    ecdsaCurve: "P256",
    type: "ecdsa-sha2-nistp256",
    pem: "-----BEGIN EC PRIVATE KEY-----",
  },
  {
    algorithm: "ECDSA",
    ecdsaCurve: "P521",
    type: "ecdsa-sha2-nistp521",
    pem: "-----BEGIN EC PRIVATE KEY-----",
  },
] as const;

for (const { type, pem, ...wanted } of cases) {
  test(`${type}: all formats have the same key`, (t) => {
    const made = describe({ ecdsaCurve: "P224", rsaBits: 2048, ...wanted });
    const open = reveal(made) as Record<string, string>;
    t.true(open.privateKeyPem?.startsWith(`${pem}\n`));
    t.true(open.privateKeyPemPkcs8?.startsWith("-----BEGIN PRIVATE KEY-----\n"));
    t.regex(open.publicKeyOpenssh ?? "", new RegExp(`^${type} [A-Za-z0-9+/]+=*\\n$`));
    t.regex(open.publicKeyFingerprintSha256 ?? "", /^SHA256:[A-Za-z0-9+/]{43}$/);
    t.regex(open.publicKeyFingerprintMd5 ?? "", /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);

    const text = Buffer.from("text");
    const hash = wanted.algorithm === "ED25519" ? null : "sha256";
    const publicKey = createPublicKey(open.publicKeyPem ?? "");
    for (const form of [open.privateKeyPem, open.privateKeyPemPkcs8])
      t.true(verify(hash, text, publicKey, sign(hash, text, createPrivateKey(form ?? ""))));
    const ssh = ssh2.utils.parseKey(open.privateKeyOpenssh ?? "");
    if (ssh instanceof Error) throw ssh;
    t.is(ssh.getPublicSSH().toString("base64"), open.publicKeyOpenssh?.split(" ")[1]?.trim() ?? "");
  });
}

test("the private formats are secrets, the public ones are not", (t) => {
  const made = describe({ algorithm: "ED25519", ecdsaCurve: "P224", rsaBits: 2048 });
  for (const [key, value] of Object.entries(made))
    t.is(value === secret(value), key.startsWith("private"), key);
});

test("curve P-224 has no SSH formats", (t) => {
  const made = describe({ algorithm: "ECDSA", ecdsaCurve: "P224", rsaBits: 2048 });
  t.is(made.publicKeyOpenssh, "");
  t.is(made.publicKeyFingerprintSha256, "");
  t.deepEqual(made.privateKeyOpenssh, secret(""));
});

test("a key stays until an input changes, then it is replaced", async (t) => {
  const created = await tlsProvider.create?.(URN, { algorithm: "ED25519" });
  const diff = (news: object) => tlsProvider.diff?.("id", URN, created?.outs, news);
  t.deepEqual(await diff({ algorithm: "ED25519" }), { changes: false, replaces: [] });
  t.deepEqual(await diff({ algorithm: "RSA" }), { changes: true, replaces: ["algorithm"] });
  t.deepEqual(await diff({ algorithm: "ED25519", rsaBits: 4096 }), { changes: true, replaces: ["rsaBits"] });
});

test("check names invalid inputs, and the resources that it knows", async (t) => {
  const checked = await tlsProvider.check?.(URN, {}, { algorithm: "DSA", rsaBits: 7 });
  t.deepEqual(
    checked?.failures?.map((f) => f.property),
    ["algorithm", "rsaBits"],
  );
  await t.throwsAsync(
    async () => tlsProvider.check?.(URN.replace("privateKey:PrivateKey", "certRequest:CertRequest"), {}, {}),
    {
      message: /install the real plugin with `pulumi plugin install resource tls 5.6.1`/,
    },
  );
});

test("an Ed25519 key can be read whatever its first byte is", (t) => {
  // ssh2 alone writes an unreadable one in 256.
  for (let i = 0; i < 1500; i++) t.false(ssh2.utils.parseKey(ed25519Key().private) instanceof Error);
});
