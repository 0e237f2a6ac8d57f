/** The lab's own certificate authority, an intermediate one, and the certificate of the simulated AWS. */
import { X509Certificate } from "node:crypto";
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keysHost } from "../agents/packages.ts";
import { cached, removeTree } from "./cached.ts";
import { paths } from "./paths.ts";
import { run } from "./run.ts";
import { region } from "./topology.ts";

export const ca = {
  certificate: join(paths.ca, "ca.pem"),
  /** With the intermediate authority's certificate after it. */
  serverCertificate: join(paths.ca, "aws.pem"),
  serverKey: join(paths.ca, "aws.key"),
} as const;

/** A wildcard covers one label only, hence the pairs. */
const names = [
  "amazonaws.com",
  "*.amazonaws.com",
  `*.${region}.amazonaws.com`,
  "*.s3.amazonaws.com",
  `*.s3.${region}.amazonaws.com`,
  "public.ecr.aws",
  `*.dkr.ecr.${region}.amazonaws.com`,
  `*.ecr.${region}.amazonaws.com`,
  keysHost,
];

const days = 3650;

/** Its chain is longer than one TCP segment, as AWS's is, so that a handshake tests what the path carries. */
const rsa = ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
const curve = ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

async function newKey(path: string, algorithm: readonly string[]): Promise<void> {
  await run(["openssl", "genpkey", "-algorithm", ...algorithm, "-out", path]);
  chmodSync(path, 0o600);
}

interface Request {
  readonly subject: string;
  readonly extensions: readonly string[];
  /** File names without `.pem` and `.key`: the signer, and the owner of the certificate. */
  readonly by: string;
  readonly of: string;
}

async function issue({ subject, extensions, by, of }: Request): Promise<void> {
  writeFileSync(`${of}.ext`, `${extensions.join("\n")}\n`);
  await run(["openssl", "req", "-new", "-key", `${of}.key`, "-subj", subject, "-out", `${of}.csr`]);
  const signer = ["-CA", `${by}.pem`, "-CAkey", `${by}.key`, "-days", String(days)];
  const files = ["-in", `${of}.csr`, "-extfile", `${of}.ext`, "-out", `${of}.pem`];
  await run(["openssl", "x509", "-req", ...signer, ...files]);
}

const signs = ["keyUsage=critical,keyCertSign,cRLSign"];

/** The authority, the intermediate one and the certificate, in `dir`. */
export async function makeChain(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const [root, middle, leaf] = [join(dir, "ca"), join(dir, "intermediate"), join(dir, "aws")];
  await Promise.all([newKey(`${root}.key`, curve), newKey(`${middle}.key`, rsa), newKey(`${leaf}.key`, rsa)]);
  const self = ["-subj", "/CN=Lab root CA (ecs-anywhere-hybrid)", "-addext", signs.join()];
  const made = ["-days", String(days), "-out", `${root}.pem`];
  await run(["openssl", "req", "-x509", "-new", "-key", `${root}.key`, ...self, ...made]);
  await issue({
    subject: "/O=ecs-anywhere-hybrid/OU=The home lab, which is not Amazon/CN=Lab intermediate CA",
    extensions: ["basicConstraints=critical,CA:true,pathlen:0", ...signs],
    by: root,
    of: middle,
  });
  await issue({
    subject: "/CN=*.amazonaws.com",
    extensions: [
      `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`,
      "extendedKeyUsage=serverAuth",
      "basicConstraints=critical,CA:false",
    ],
    by: middle,
    of: leaf,
  });
  // Servers send the whole chain without its root.
  appendFileSync(`${leaf}.pem`, readFileSync(`${middle}.pem`, "utf8"));
}

/**
 * Creates the authority and the certificate if there are none or they expire within a month. Returns whether it did.
 */
export async function buildCa(): Promise<boolean> {
  const month = 30 * 24 * 3600 * 1000;
  const ends = existsSync(ca.certificate)
    ? new X509Certificate(readFileSync(ca.certificate)).validToDate
    : undefined;
  if (ends !== undefined && ends.getTime() - Date.now() < month) await removeTree(paths.ca);
  return cached(paths.ca, { names, days, rsa, curve }, makeChain);
}

/**
 * The files that add the authority to a host's trust store, as update-ca-certificates writes them: path under its root
 * → content.
 */
export async function trustStoreFiles(): Promise<Readonly<Record<string, string>>> {
  const pem = readFileSync(ca.certificate, "utf8");
  const bundle = "etc/ssl/certs/ca-certificates.crt";
  const hash = (await run(["openssl", "x509", "-in", ca.certificate, "-noout", "-hash"])).trim();
  return {
    "usr/local/share/ca-certificates/lab-root-ca.crt": pem,
    "etc/ssl/certs/lab-root-ca.pem": pem,
    [`etc/ssl/certs/${hash}.0`]: pem,
    [bundle]: readFileSync(join(paths.rootfs, bundle), "utf8") + pem,
  };
}
