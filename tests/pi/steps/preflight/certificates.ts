/** A certificate authority with an intermediate, so that a server's certificates are longer than a segment, as AWS's are. */
import { execFileSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const kinds = ["good", "other-name", "unknown-authority", "expired"] as const;
export type CertificateKind = (typeof kinds)[number];

/** Makes `ca.pem` and, for each kind, `KIND.pem` (the chain) and `KIND.key` in the folder. */
export function makeCertificates(folder: string, names: readonly string[]): void {
  const at = (file: string) => join(folder, file);
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { stdio: ["ignore", "pipe", "ignore"] });
  // One key for all certificates: generating a key takes longer than signing.
  openssl("genrsa", "-out", at("key"), "2048");
  const sign = (name: string, subject: string, by: string, days: number, ...extensions: string[]) => {
    openssl("req", "-new", "-key", at("key"), "-subj", subject, "-out", at(`${name}.csr`));
    copyFileSync(at("key"), at(`${name}.key`));
    writeFileSync(at(`${name}.ext`), `${extensions.join("\n")}\n`);
    openssl(
      "x509",
      "-req",
      "-in",
      at(`${name}.csr`),
      "-CA",
      at(`${by}.crt`),
      "-CAkey",
      at(`${by}.key`),
      "-CAcreateserial",
      "-days",
      `${days}`,
      "-extfile",
      at(`${name}.ext`),
      "-out",
      at(`${name}.crt`),
    );
  };
  const root = (name: string, subject: string) =>
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      at(`${name}.key`),
      "-subj",
      subject,
      "-days",
      "9",
      "-addext",
      "keyUsage=critical,keyCertSign",
      "-out",
      at(`${name}.crt`),
    );
  root("ca", "/CN=Test root");
  root("stranger", "/O=Proxy/CN=Interceptor");
  sign(
    "intermediate",
    "/O=Amazon/CN=Test intermediate",
    "ca",
    9,
    "basicConstraints=critical,CA:true",
    "keyUsage=critical,keyCertSign",
  );
  const leaf = (kind: CertificateKind, by: string, days: number, hosts: readonly string[]) => {
    sign(kind, `/CN=${kind}`, by, days, `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(",")}`);
    writeFileSync(at(`${kind}.pem`), execFileSync("cat", [at(`${kind}.crt`), at(`${by}.crt`)]));
  };
  leaf("good", "intermediate", 9, names);
  leaf("other-name", "intermediate", 9, ["elsewhere.example"]);
  leaf("unknown-authority", "stranger", 9, names);
  leaf("expired", "intermediate", -1, names);
}
