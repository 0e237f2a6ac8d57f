/**
 * Debian 12 as on a freshly imaged Pi: no Docker, no strongSwan. mmdebstrap builds it once from this machine's own
 * mirror.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { servers } from "../../pi/steps/dns-forwarding/servers/index.ts";
import { cached, digest, stampIn } from "./cached.ts";
import { paths } from "./paths.ts";
import { run } from "./run.ts";

export const suite = "bookworm";

const packages = [
  "ca-certificates",
  "curl",
  "dbus",
  "gnupg",
  "iproute2",
  "iptables",
  "iputils-ping",
  "jq",
  "netplan.io",
  "nftables",
  "openssh-server",
  "procps",
  "python3",
  "sudo",
  "systemd-sysv",
];

/**
 * The packages that the hosts, the layers over this Debian and the images take from the lab's mirror; their
 * dependencies follow.
 */
const mirrored = [
  ...Object.values(servers).map((server) => server.package),
  "bind9-dnsutils",
  "buildah",
  "busybox-static",
  "charon-systemd",
  "dnsmasq-base",
  "docker.io",
  "libcharon-extra-plugins",
  "libstrongswan-extra-plugins",
  "libstrongswan-standard-plugins",
  "redis-server",
  "strongswan",
  "strongswan-swanctl",
].sort();

/** Manuals and translations are a third of the size, and are never read there. */
const excluded = ["/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*"];

/**
 * mmdebstrap runs these when everything is installed; `$1` is the new root, and MIRROR the folder for the downloaded
 * packages.
 */
const finish = [
  'chroot "$1" useradd --create-home --shell /bin/bash --groups sudo pi',
  'chroot "$1" passwd --lock root',
  'chroot "$1" apt-get clean',
  `chroot "$1" apt-get install --yes --download-only ${mirrored.join(" ")}`,
  'mv "$1"/var/cache/apt/archives/*.deb MIRROR/',
];

const definition = { suite, packages, excluded, finish };

/**
 * This machine's own package sources when it runs the same suite, so that a site's proxy or mirror is used;
 * on any other machine none, which leaves the choice to mmdebstrap.
 */
export function ownSources(): readonly string[] {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  if (!release.includes(`VERSION_CODENAME=${suite}`) || !/^ID=debian$/m.test(release)) return [];
  const folder = "/etc/apt/sources.list.d";
  const files = existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : [];
  return [...files.filter((file) => file.endsWith("debian.sources")), "/etc/apt/sources.list"].filter(
    existsSync,
  );
}

async function build(dir: string): Promise<void> {
  const root = join(dir, "root");
  const mirror = join(dir, "mirror");
  mkdirSync(mirror, { recursive: true });
  await run(
    [
      "mmdebstrap",
      "--mode=root",
      "--variant=apt",
      "--skip=check/qemu",
      `--include=${packages.join(",")}`,
      '--aptopt=APT::Install-Recommends "false"',
      "--dpkgopt=force-unsafe-io",
      ...excluded.map((path) => `--dpkgopt=path-exclude=${path}`),
      ...finish.map((command) => `--customize-hook=${command.replace("MIRROR", `'${mirror}'`)}`),
      suite,
      root,
      ...ownSources(),
    ],
    { log: join(paths.log, "rootfs.log"), timeoutSeconds: 1800 },
  );
  for (const path of ["etc/apt/sources.list", "etc/apt/sources.list.d", "etc/resolv.conf"])
    rmSync(join(root, path), { recursive: true, force: true });
  const entries = readdirSync(mirror).map(async (file) => {
    const path = join(mirror, file);
    return packageEntry(file, await run(["dpkg-deb", "--field", path]), readFileSync(path));
  });
  writeFileSync(join(mirror, "Packages"), (await Promise.all(entries)).join("\n"));
}

/**
 * Returns one entry of an apt repository's Packages file; `control` is the package's control file, as dpkg-deb prints
 * it.
 */
export function packageEntry(file: string, control: string, content: Uint8Array): string {
  const sha256 = createHash("sha256").update(content).digest("hex");
  return `${control.trim()}\nFilename: ./${file}\nSize: ${content.length}\nSHA256: ${sha256}\n`;
}

/** Returns whether `buildRootfs` has nothing to do. Otherwise nothing may run on the old root. */
export const rootfsIsCurrent = () => stampIn(paths.debian) === digest(definition);

/** Builds what is missing. Returns whether the root is new, so that hosts built on the old one must go. */
export function buildRootfs(progress: (text: string) => void): Promise<boolean> {
  if (stampIn(paths.debian) === undefined) progress("Debian 12 for the hosts: once, about half a minute");
  return cached(paths.debian, definition, build);
}
