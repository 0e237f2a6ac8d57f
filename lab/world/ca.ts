/** The lab's own certificate authority, and the certificate of the simulated AWS. */
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, removeTree } from "./cached.ts";
import { paths } from "./paths.ts";
import { run } from "./run.ts";
import { account, region } from "./topology.ts";

export const ca = {
  certificate: join(paths.ca, "ca.pem"),
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
  `${account}.dkr.ecr.${region}.amazonaws.com`,
];

const days = 3650;

const newKey = (path: string) =>
  run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path]);

async function build(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const at = (file: string) => join(dir, file);
  await Promise.all([newKey(at("ca.key")), newKey(at("aws.key"))]);
  const subject = ["-subj", "/CN=Lab root CA (ecs-anywhere-hybrid)"];
  const usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  await run([
    "openssl", "req", "-x509", "-new", "-key", at("ca.key"), "-days", String(days), ...subject, ...usage,
    "-out", at("ca.pem"),
  ]); // biome-ignore format: one command
  await run([
    "openssl",
    "req",
    "-new",
    "-key",
    at("aws.key"),
    "-subj",
    "/CN=*.amazonaws.com",
    "-out",
    at("aws.csr"),
  ]);
  const extensions = [
    `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`,
    "extendedKeyUsage=serverAuth",
    "basicConstraints=critical,CA:false",
  ];
  writeFileSync(at("aws.ext"), `${extensions.join("\n")}\n`);
  await run([
    "openssl",
    "x509",
    "-req",
    "-in",
    at("aws.csr"),
    "-CA",
    at("ca.pem"),
    "-CAkey",
    at("ca.key"),
    "-days",
    String(days),
    "-extfile",
    at("aws.ext"),
    "-out",
    at("aws.pem"),
  ]);
  await run(["chmod", "600", at("ca.key"), at("aws.key")]);
}

/** Makes the authority and the certificate, when there are none or they end within a month. Returns whether it did. */
export async function buildCa(): Promise<boolean> {
  const month = 30 * 24 * 3600 * 1000;
  const ends = existsSync(ca.certificate)
    ? new X509Certificate(readFileSync(ca.certificate)).validToDate
    : undefined;
  if (ends !== undefined && ends.getTime() - Date.now() < month) await removeTree(paths.ca);
  return cached(paths.ca, { names, days }, build);
}

/** What puts the authority into a host's trust store: path under its root → content. The same as update-ca-certificates. */
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
