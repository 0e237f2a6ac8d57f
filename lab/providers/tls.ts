/**
 * Stand-in for the `tls` provider 5.6.1 where the real plugin is not available: `tls:index/privateKey:PrivateKey`
 * alone, with the outputs of the real one; each changed input makes a new key.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Provider } from "@pulumi/pulumi/provider/index.js";
import ssh2 from "ssh2";
import { z } from "zod";
import { ed25519Key } from "./ed25519-key.ts";
import { serve } from "./plugin.ts";
import { hasUnknown, reveal, secret, type Values } from "./values.ts";

export const VERSION = "5.6.1";

const inputs = z.strictObject({
  algorithm: z.enum(["RSA", "ECDSA", "ED25519"]),
  ecdsaCurve: z.enum(["P224", "P256", "P384", "P521"]).default("P224"),
  rsaBits: z.int().min(1024).default(2048),
});
type Inputs = z.output<typeof inputs>;

const CURVE_BITS = { P256: 256, P384: 384, P521: 521 } as const;

/** Returns a new key in SSH's formats; undefined on curve P-224, which SSH does not support. */
function sshKey({ algorithm, ecdsaCurve, rsaBits }: Inputs) {
  const { generateKeyPairSync: generate } = ssh2.utils;
  switch (algorithm) {
    case "ED25519":
      return ed25519Key();
    case "RSA":
      return generate("rsa", { bits: rsaBits });
    case "ECDSA":
      return ecdsaCurve === "P224" ? undefined : generate("ecdsa", { bits: CURVE_BITS[ecdsaCurve] });
  }
}

function keyObject(openssh: { readonly private: string } | undefined): KeyObject {
  if (openssh === undefined) return generateKeyPairSync("ec", { namedCurve: "secp224r1" }).privateKey;
  const parsed = ssh2.utils.parseKey(openssh.private);
  if (parsed instanceof Error) throw parsed;
  return createPrivateKey(parsed.getPrivatePEM());
}

/** Returns all outputs of the resource. */
export function describe(wanted: Inputs): Values {
  const openssh = sshKey(wanted);
  const key = keyObject(openssh);
  const pem = (type: "pkcs1" | "pkcs8" | "sec1") => String(key.export({ format: "pem", type }));
  const blob = Buffer.from(openssh?.public.split(" ")[1] ?? "", "base64");
  const digest = (name: string, encoding: "hex" | "base64") => createHash(name).update(blob).digest(encoding);
  const traditional = { RSA: "pkcs1", ECDSA: "sec1", ED25519: "pkcs8" } as const;
  return {
    ...wanted,
    privateKeyPem: secret(pem(traditional[wanted.algorithm])),
    privateKeyPemPkcs8: secret(pem("pkcs8")),
    privateKeyOpenssh: secret(openssh?.private ?? ""),
    publicKeyPem: String(createPublicKey(key).export({ format: "pem", type: "spki" })),
    publicKeyOpenssh: openssh ? `${openssh.public.trim()}\n` : "",
    publicKeyFingerprintMd5: openssh ? (digest("md5", "hex").match(/../g)?.join(":") ?? "") : "",
    publicKeyFingerprintSha256: openssh ? `SHA256:${digest("sha256", "base64").replace(/=+$/, "")}` : "",
  };
}

const TYPE = "tls:index/privateKey:PrivateKey";

export const tlsProvider: Provider = {
  version: VERSION,

  check: async (urn: string, _olds: Values, news: Values) => {
    if (!(urn.split("::")[2] ?? "").endsWith(TYPE))
      throw new Error(
        `${urn}: this stand-in knows ${TYPE} alone; install the real plugin with \`pulumi plugin install resource tls ${VERSION}\``,
      );
    if (hasUnknown(news)) return { inputs: news };
    const parsed = inputs.safeParse(reveal(news));
    const failures = (parsed.error?.issues ?? []).map((issue) => ({
      property: issue.path.join("."),
      reason: issue.message,
    }));
    return { inputs: news, failures };
  },

  diff: async (_id: string, _urn: string, olds: Values, news: Values) => {
    const before = inputs.parse(Object.fromEntries(Object.keys(inputs.shape).map((key) => [key, olds[key]])));
    const after = hasUnknown(news) ? news : inputs.parse(reveal(news));
    const replaces = Object.keys(inputs.shape).filter(
      (key) => !isDeepStrictEqual((before as Values)[key], (after as Values)[key]),
    );
    return { changes: replaces.length > 0, replaces };
  },

  create: async (_urn: string, news: Values) => {
    const outs = describe(inputs.parse(reveal(news)));
    return { id: createHash("sha1").update(String(outs.publicKeyPem)).digest("hex"), outs };
  },

  delete: async () => undefined,
};

if (import.meta.main) await serve(tlsProvider, process.argv.slice(2));
