import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { type AgentFiles, agentFiles } from "../../../lab/agents/packages.ts";

const source = join(import.meta.dirname, "../../../lab/agents");
const work = fs.mkdtempSync(join(tmpdir(), "agents-test-"));
let made: AgentFiles;
test.before(async () => {
  made = await agentFiles("eu-west-1", join(work, "key"));
});
test.after.always(() => fs.rmSync(work, { recursive: true }));

const s3 = "s3.eu-west-1.amazonaws.com";
const ssmDeb = `${s3}/amazon-ssm-eu-west-1/latest/debian_arm64/amazon-ssm-agent.deb`;
const ecsDeb = `${s3}/amazon-ecs-agent-eu-west-1/amazon-ecs-init-latest.amd64.deb`;
const installer = "amazon-ecs-agent.s3.amazonaws.com/ecs-anywhere-install-latest.sh";

function file(path: string): string {
  const content = made.files.get(path);
  if (!content) throw new Error(`${path}: not made`);
  const at = join(work, createHash("sha256").update(path).digest("hex"));
  fs.writeFileSync(at, content);
  return at;
}

test("the addresses are those that AWS's installer asks for", (t) => {
  for (const architecture of ["amd64", "arm64"]) {
    t.true(
      made.files.has(`${s3}/amazon-ssm-eu-west-1/latest/debian_${architecture}/amazon-ssm-agent.deb.sig`),
    );
    t.true(made.files.has(`${s3}/amazon-ecs-agent-eu-west-1/amazon-ecs-init-latest.${architecture}.deb.asc`));
    t.true(
      made.files.has(
        `${s3}/amazon-ssm-eu-west-1/3.3.1611.0/linux_${architecture}/amazon-ssm-agent-binaries.tar.gz`,
      ),
    );
  }
  t.is(
    made.installer.sha256,
    createHash("sha256")
      .update(fs.readFileSync(file(installer)))
      .digest("hex"),
  );
  const sums = [ssmDeb, ecsDeb].map((path) =>
    createHash("sha256")
      .update(fs.readFileSync(file(path)))
      .digest("hex"),
  );
  t.deepEqual(made.installer.packagesSha256, sums);
});

test("the packages have the same bytes in every build, so that a pin holds", async (t) => {
  const again = await agentFiles("eu-west-1", join(work, "key"));
  t.deepEqual(again.installer, made.installer);
});

test("every signature is made with the lab's key", (t) => {
  const home = fs.mkdtempSync(join(work, "verify-"));
  fs.chmodSync(home, 0o700);
  const key = made.files.get(
    "raw.githubusercontent.com/aws/amazon-ecs-agent/master/scripts/amazon-ssm-agent.gpg",
  );
  const gpg = ["--batch", "--quiet", "--no-autostart", "--homedir", home];
  execFileSync("gpg", [...gpg, "--import"], { input: key, stdio: "pipe" });
  for (const [signature, signed] of [
    [`${installer}.asc`, installer],
    [`${ssmDeb}.sig`, ssmDeb],
    [`${ecsDeb}.asc`, ecsDeb],
  ] as const) {
    const { status, stderr } = spawnSync("gpg", [...gpg, "--verify", file(signature), file(signed)]);
    t.is(status, 0, `${signature}: ${stderr}`);
  }
});

test("the packages contain every source file, and say that they are stand-ins", (t) => {
  const held = [ssmDeb, ecsDeb].flatMap((deb) => {
    const folder = fs.mkdtempSync(join(work, "deb-"));
    execFileSync("dpkg-deb", ["-x", file(deb), folder]);
    return fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => fs.readFileSync(join(entry.parentPath, entry.name), "utf8"));
  });
  for (const folder of ["common", "ssm-agent", "ecs-agent"]) {
    for (const name of fs.readdirSync(join(source, folder)).filter((name) => /\.(py|service)$/.test(name))) {
      const content = fs.readFileSync(join(source, folder, name), "utf8");
      t.true(held.includes(content), `${folder}/${name}`);
      t.regex(content, /Lab stand-in/, name);
    }
  }
  t.regex(
    execFileSync("dpkg-deb", ["-f", file(ssmDeb)]).toString(),
    /^Description: the home lab's stand-in/m,
  );
});

test("every Python file compiles, for Debian 12's Python and later", (t) => {
  const files = fs
    .readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".py"));
  const check = `import ast, sys
for file in sys.argv[1:]: ast.parse(open(file).read(), file, feature_version=(3, 11))`;
  const { status, stderr } = spawnSync("/usr/bin/python3", ["-c", check, ...files], {
    cwd: source,
    encoding: "utf8",
  });
  t.is(stderr, "");
  t.is(status, 0);
});

test("the installer passes shellcheck and accepts AWS's flags", (t) => {
  const path = join(source, "ecs-anywhere-install.sh");
  execFileSync("shellcheck", [path]);
  const text = fs.readFileSync(path, "utf8");
  // scripts/ecs-anywhere-install.sh of aws/amazon-ecs-agent.
  for (const flag of [
    "region",
    "activation-code",
    "activation-id",
    "cluster",
    "enable-gpu",
    "docker-install-source",
    "ecs-version",
    "deb-url",
    "rpm-url",
    "ecs-endpoint",
    "skip-registration",
    "certs-file",
    "no-start",
    "skip-gpg-check",
    "help",
  ]) {
    t.true(text.includes(`--${flag}`), flag);
  }
});
