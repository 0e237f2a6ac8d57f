/**
 * What the lab and the tests need from the machine: a few packages, which apt installs if the machine has it; the lab
 * also Linux and root.
 */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run, systemPath } from "./run.ts";

/** The AWS CLI, version 2, from Debian. */
export const awsCli = "/usr/bin/aws";

/** Command → Debian's package. */
export type Commands = Readonly<Record<string, string>>;
type Progress = (text: string) => void;

const needed: Commands = {
  // By its path, since an `aws` on PATH may be version 1 of the CLI, which has no `logs tail`.
  [awsCli]: "awscli",
  chromium: "chromium",
  curl: "curl",
  ip: "iproute2",
  mmdebstrap: "mmdebstrap",
  nft: "nftables",
  nsenter: "util-linux",
  openssl: "openssl",
  ping: "iputils-ping",
  ssh: "openssh-client",
  sysctl: "procps",
  "systemd-nspawn": "systemd-container",
};

const vm = `The lab boots whole systems, so it needs root on Linux. In a virtual machine with Debian or Ubuntu, 2 cores and
4 GB of memory (on macOS for example \`brew install lima && limactl start --name lab template://debian\`, then
\`limactl shell lab\`), clone this project and run: sudo npm ci && sudo npm run lab`;

export interface Machine {
  readonly platform: string;
  readonly uid: number;
  readonly has: (command: string) => boolean;
}

/** A command with a path is looked up only there. */
const onPath = (command: string, path = systemPath) =>
  command.startsWith("/")
    ? existsSync(command)
    : path.split(delimiter).some((dir) => existsSync(join(dir, command)));

const thisMachine: Machine = { platform: process.platform, uid: process.getuid?.() ?? -1, has: onPath };

/** Returns the Debian packages that are missing here. Throws with a remedy when the machine can never run the lab. */
export function missingPackages(machine: Machine = thisMachine): readonly string[] {
  if (machine.platform !== "linux") throw new Error(`lab: this machine runs ${machine.platform}. ${vm}`);
  if (machine.uid !== 0)
    throw new Error(`lab: uid ${machine.uid} is not root; use \`sudo npm run lab\`. ${vm}`);
  return packagesOf(needed, machine.has);
}

/** Returns the packages of the commands that are missing. */
const packagesOf = (commands: Commands, has: Machine["has"]) => [
  ...new Set(
    Object.entries(commands)
      .filter(([command]) => !has(command))
      .map(([, name]) => name),
  ),
];

/**
 * Installs what is missing; without apt or without root, throws an error that names it.
 * @param who the part that needs it: `lab`
 * @param missing Debian's names of packages
 */
async function install(who: string, missing: readonly string[], progress: Progress): Promise<void> {
  if (missing.length === 0) return;
  const list = missing.join(" ");
  if (!onPath("apt-get") || thisMachine.uid !== 0)
    throw new Error(
      `${who}: missing here: ${list} (Debian's names); install them with your package manager, or go on as root where there is apt`,
    );
  progress(`installing ${list}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run(["apt-get", "update", "-qq"], { env, timeoutSeconds: 600 });
  await run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", ...missing], {
    env,
    timeoutSeconds: 1800,
  });
}

/**
 * Installs missing commands, as `install` does.
 * @param path where they are looked up
 */
export const provide = (who: string, commands: Commands, progress: Progress, path = systemPath) =>
  install(
    who,
    packagesOf(commands, (command) => onPath(command, path)),
    progress,
  );

/** Prepares the machine for the lab. Throws an error with the obstacle and the remedy. */
export async function prepare(progress: Progress): Promise<void> {
  await install("lab", missingPackages(), progress);
  if (!existsSync("/dev/net/tun"))
    throw new Error(
      "lab: /dev/net/tun: missing: strongSwan needs it; load the kernel module with `modprobe tun`",
    );
}
