/** What the lab asks of the machine: Linux, root, and a few packages, which are installed where apt is there to do it. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run, systemPath } from "./run.ts";

/** Command → Debian's package. */
const needed: Readonly<Record<string, string>> = {
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
  aws: "awscli",
};

const vm = `The lab boots whole systems, so it needs root on Linux. In a virtual machine with Debian or Ubuntu, 2 cores and
4 GB of memory (on macOS for example \`brew install lima && limactl start --name lab template://debian\`, then
\`limactl shell lab\`), clone this project and run: sudo npm ci && sudo npm run lab`;

export interface Machine {
  readonly platform: string;
  readonly uid: number;
  readonly has: (command: string) => boolean;
}

const onPath = (command: string) => systemPath.split(delimiter).some((dir) => existsSync(join(dir, command)));

const thisMachine: Machine = { platform: process.platform, uid: process.getuid?.() ?? -1, has: onPath };

/** Debian packages that are missing here. Throws when the machine can never do it, with the way out. */
export function missingPackages(machine: Machine = thisMachine): readonly string[] {
  if (machine.platform !== "linux") throw new Error(`lab: this machine runs ${machine.platform}. ${vm}`);
  if (machine.uid !== 0)
    throw new Error(`lab: uid ${machine.uid} is not root; use \`sudo npm run lab\`. ${vm}`);
  const missing = Object.entries(needed).filter(([command]) => !machine.has(command));
  return [...new Set(missing.map(([, name]) => name))];
}

/** Installs what is missing; without apt, names it. */
export async function prepare(progress: (text: string) => void): Promise<void> {
  const missing = missingPackages();
  if (missing.length > 0) {
    const list = missing.join(" ");
    if (!onPath("apt-get"))
      throw new Error(`lab: missing here: ${list} (Debian's names); install them with your package manager`);
    progress(`installing ${list}`);
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run(["apt-get", "update", "-qq"], { env, timeoutSeconds: 600 });
    await run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", ...missing], {
      env,
      timeoutSeconds: 1800,
    });
  }
  if (!existsSync("/dev/net/tun"))
    throw new Error(
      "lab: /dev/net/tun: missing: strongSwan needs it; load the kernel module with `modprobe tun`",
    );
}
