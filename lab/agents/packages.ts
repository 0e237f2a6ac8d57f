/** Makes the files of AWS's installer address and buckets: the installer and the agents' packages, all signed. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Signer, signer } from "./signer.ts";

const run = promisify(execFile);
const here = import.meta.dirname;

/** The SHA-256 that a stack pins: the stand-ins are not signed by AWS. */
export interface PinnedInstaller {
  readonly sha256: string;
  readonly packagesSha256: readonly string[];
}

export interface AgentFiles {
  /** Content by host and path, such as `s3.us-east-1.amazonaws.com/amazon-ssm-us-east-1/…`. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly installer: PinnedInstaller;
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly depends: string;
  /** Path on the host by source in this folder. */
  readonly files: Readonly<Record<string, string>>;
  /** The one path on the host that is executable. */
  readonly executable: string;
}

/** Where AWS's installer gets the keys for the signatures of the packages. */
export const keysHost = "raw.githubusercontent.com";

const ssmAgent: Package = {
  name: "amazon-ssm-agent",
  version: "3.3.3598.0",
  depends: "python3, openssl",
  files: {
    "ssm-agent/amazon_ssm_agent.py": "/usr/bin/amazon-ssm-agent",
    "ssm-agent/host.py": "/usr/lib/amazon-ssm-agent/host.py",
    "common/awsapi.py": "/usr/lib/amazon-ssm-agent/awsapi.py",
    "ssm-agent/amazon-ssm-agent.service": "/lib/systemd/system/amazon-ssm-agent.service",
  },
  executable: "/usr/bin/amazon-ssm-agent",
};

const ecsModules = [
  "container",
  "control_plane",
  "credentials_route",
  "docker",
  "engine",
  "node",
  "registry",
  "servers",
  "settings",
  "state",
];

const ecsInit: Package = {
  name: "amazon-ecs-init",
  version: "1.105.1-1",
  depends: "python3, iptables, docker-ce | docker.io",
  files: {
    "ecs-agent/amazon_ecs_init.py": "/usr/libexec/amazon-ecs-init",
    ...Object.fromEntries(
      ecsModules.map((module) => [`ecs-agent/${module}.py`, `/usr/lib/amazon-ecs-init/${module}.py`]),
    ),
    "common/awsapi.py": "/usr/lib/amazon-ecs-init/awsapi.py",
    "ecs-agent/ecs.service": "/lib/systemd/system/ecs.service",
  },
  executable: "/usr/libexec/amazon-ecs-init",
};

/** Like AWS's packages: installation leaves the unit as it is; a purge stops the service and clears systemd's record of it. */
const reload = `#!/bin/sh
# Lab stand-in, not AWS's code.
[ ! -d /run/systemd/system ] || systemctl daemon-reload || :
`;

const preRemoval = (unit: string) => `#!/bin/sh
# Lab stand-in, not AWS's code.
[ ! -d /run/systemd/system ] || systemctl --quiet disable --now ${unit} || :
`;

async function deb(work: string, spec: Package, unit: string): Promise<Buffer> {
  const root = join(work, spec.name);
  await mkdir(join(root, "DEBIAN"), { recursive: true });
  for (const [source, target] of Object.entries(spec.files)) {
    await mkdir(join(root, target, ".."), { recursive: true });
    await writeFile(join(root, target), await readFile(join(here, source)), {
      mode: target === spec.executable ? 0o755 : 0o644,
    });
  }
  const control = [
    `Package: ${spec.name}`,
    `Version: ${spec.version}`,
    "Architecture: all",
    "Section: misc",
    "Priority: optional",
    "Maintainer: the home lab of ecs-anywhere-hybrid",
    `Depends: ${spec.depends}`,
    `Description: the home lab's stand-in for AWS's ${spec.name}`,
    " It is not AWS's code, and of use in the lab only.",
  ];
  await writeFile(join(root, "DEBIAN/control"), `${control.join("\n")}\n`);
  for (const [name, script] of [
    ["postinst", reload],
    ["postrm", reload],
    ["prerm", preRemoval(unit)],
  ] as const) {
    await writeFile(join(root, "DEBIAN", name), script, { mode: 0o755 });
  }
  const file = join(work, `${spec.name}.deb`);
  // The same bytes in every build, since stacks pin them.
  const env = { ...process.env, SOURCE_DATE_EPOCH: "0" };
  await run("dpkg-deb", ["--root-owner-group", "-Zgzip", "--build", root, file], { env });
  return readFile(file);
}

/** ECS Exec's own agent binaries: the stand-in agent has no ECS Exec, so they only say what they are. */
async function execBinaries(work: string): Promise<Buffer> {
  const folder = join(work, "exec");
  await mkdir(folder);
  const names = ["amazon-ssm-agent", "ssm-agent-worker", "ssm-session-worker"];
  for (const name of names) {
    await writeFile(
      join(folder, name),
      `#!/bin/sh\necho "${name}: a stand-in of the home lab" >&2\nexit 1\n`,
      {
        mode: 0o755,
      },
    );
  }
  const file = join(work, "exec.tar.gz");
  await run("tar", ["-czf", file, "-C", folder, ...names]);
  return readFile(file);
}

/**
 * Makes every file that the installer's address and AWS's buckets in one Region serve to a new node.
 *
 * @param keyFolder where the lab's signing key is kept between runs; created if it does not exist
 */
export async function agentFiles(region: string, keyFolder: string): Promise<AgentFiles> {
  const work = await mkdtemp(join(tmpdir(), "lab-agents-"));
  const key: Signer = await signer(keyFolder);
  try {
    const installer = await readFile(join(here, "ecs-anywhere-install.sh"));
    const ssm = await deb(work, ssmAgent, "amazon-ssm-agent");
    const ecs = await deb(work, ecsInit, "ecs");
    const exec = await execBinaries(work);
    const [installerSignature, ssmSignature, ecsSignature] = await Promise.all([
      key.sign(installer, "armored"),
      key.sign(ssm, "binary"),
      key.sign(ecs, "armored"),
    ]);
    const s3 = `s3.${region}.amazonaws.com`;
    const installerPath = "amazon-ecs-agent.s3.amazonaws.com/ecs-anywhere-install-latest.sh";
    const files = new Map<string, Buffer>([
      [installerPath, installer],
      [`${installerPath}.asc`, installerSignature],
      ...["amazon-ssm-agent", "amazon-ecs-agent"].map(
        (agent) => [`${keysHost}/aws/amazon-ecs-agent/master/scripts/${agent}.gpg`, key.publicKey] as const,
      ),
    ]);
    for (const architecture of ["amd64", "arm64"]) {
      const ssmPath = `${s3}/amazon-ssm-${region}/latest/debian_${architecture}/amazon-ssm-agent.deb`;
      const ecsPath = `${s3}/amazon-ecs-agent-${region}/amazon-ecs-init-latest.${architecture}.deb`;
      files.set(ssmPath, ssm);
      files.set(`${ssmPath}.sig`, ssmSignature);
      files.set(ecsPath, ecs);
      files.set(`${ecsPath}.asc`, ecsSignature);
      files.set(
        `${s3}/amazon-ssm-${region}/3.3.1611.0/linux_${architecture}/amazon-ssm-agent-binaries.tar.gz`,
        exec,
      );
    }
    const sum = (content: Buffer) => createHash("sha256").update(content).digest("hex");
    return { files, installer: { sha256: sum(installer), packagesSha256: [sum(ssm), sum(ecs)] } };
  } finally {
    await key.close();
    await rm(work, { recursive: true, force: true });
  }
}
