/** The files on a host's disk besides Debian, before the product ever ran there: those of a new Pi. Pure. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type HostSpec, mirrorHost, site } from "./topology.ts";

export interface SeedFile {
  /** Relative to the host's root. */
  readonly path: string;
  /** Default 0o644. */
  readonly mode?: number;
  readonly content: string;
  /** The file and its folder belong to the user `pi`. */
  readonly ofUser?: boolean;
}

export interface SeedLink {
  readonly path: string;
  readonly target: string;
}

export interface Seed {
  readonly files: readonly SeedFile[];
  readonly links: readonly SeedLink[];
}

export interface SeedKeys {
  readonly hostPrivateKey: string;
  readonly hostPublicKey: string;
  readonly personPublicKey: string;
}

/** uid and gid of `pi`, the first user. */
export const userId = 1000;

export const sshdLog = "var/log/sshd.log";

const netplan = (address: string) => `network:
  version: 2
  renderer: networkd
  ethernets:
    eth0:
      dhcp6: false
      accept-ra: false
      link-local: []
      addresses: [${address}/24]
      routes:
        - to: default
          via: ${site.router}
`;

/** As on Raspberry Pi OS: one line, and no flag for the memory controller. */
const commandLine =
  "console=serial0,115200 console=tty1 root=PARTUUID=4b1d7c0e-02 rootfstype=ext4 fsck.repair=yes rootwait\n";

const firmwareUnit = `[Unit]
Description=What a Pi's firmware and kernel do before systemd
DefaultDependencies=no
After=local-fs.target
Before=sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/lib/lab/pi-firmware

[Install]
WantedBy=sysinit.target
`;

/** Units that wait for hardware that a container does not have, or that could start during a check. */
const masked = [
  "apt-daily-upgrade.timer",
  "apt-daily.timer",
  "console-getty.service",
  "e2scrub_all.timer",
  "e2scrub_reap.service",
  "systemd-udevd-control.socket",
  "systemd-udevd-kernel.socket",
  "systemd-udevd.service",
];

const units = "etc/systemd/system";
const multiUser = `${units}/multi-user.target.wants`;

export function hostSeed(host: HostSpec, keys: SeedKeys): Seed {
  const machineId = createHash("sha256").update(`lab ${host.name}`).digest("hex").slice(0, 32);
  return {
    files: [
      { path: "etc/hostname", content: `${host.name}\n` },
      { path: "etc/hosts", content: `127.0.0.1 localhost\n127.0.1.1 ${host.name}\n` },
      // "uninitialized" would mean a first boot, whose presets undo what is set here.
      { path: "etc/machine-id", mode: 0o444, content: `${machineId}\n` },
      { path: "etc/resolv.conf", content: `nameserver ${site.router}\n` },
      { path: "etc/netplan/10-eth0.yaml", mode: 0o600, content: netplan(host.address) },
      { path: `${units}/systemd-networkd.service.d/lab.conf`, content: "[Service]\nReadOnlyPaths=/sys\n" },
      // `netplan apply` calls it; there is no udev in a container.
      { path: "usr/bin/udevadm", mode: 0o755, content: "#!/bin/sh\nexit 0\n" },
      { path: "etc/apt/sources.list", content: `deb [trusted=yes] http://${mirrorHost}/ ./\n` },
      { path: "etc/sudoers.d/010_pi-nopasswd", mode: 0o440, content: "pi ALL=(ALL) NOPASSWD: ALL\n" },
      { path: "etc/ssh/ssh_host_ed25519_key", mode: 0o600, content: keys.hostPrivateKey },
      { path: "etc/ssh/ssh_host_ed25519_key.pub", content: `${keys.hostPublicKey}\n` },
      {
        path: "etc/ssh/sshd_config.d/lab.conf",
        content:
          "HostKey /etc/ssh/ssh_host_ed25519_key\nPasswordAuthentication no\nLogLevel VERBOSE\nUseDNS no\n",
      },
      // The lab counts connections in this file.
      {
        path: `${units}/ssh.service.d/lab.conf`,
        content: `[Service]\nExecStart=\nExecStart=/usr/sbin/sshd -D -E /${sshdLog}\n`,
      },
      {
        path: "home/pi/.ssh/authorized_keys",
        mode: 0o600,
        content: `${keys.personPublicKey}\n`,
        ofUser: true,
      },
      { path: "boot/firmware/cmdline.txt", content: commandLine },
      {
        path: "boot/firmware/config.txt",
        content: "arm_64bit=1\ndtoverlay=vc4-kms-v3d\n\n[all]\nenable_uart=1\n",
      },
      {
        path: "usr/lib/lab/pi-firmware",
        mode: 0o755,
        content: readFileSync(join(import.meta.dirname, "pi-firmware.sh"), "utf8"),
      },
      { path: `${units}/pi-firmware.service`, content: firmwareUnit },
    ],
    links: [
      ...masked.map((unit) => ({ path: `${units}/${unit}`, target: "/dev/null" })),
      {
        path: `${units}/sysinit.target.wants/pi-firmware.service`,
        target: "/etc/systemd/system/pi-firmware.service",
      },
      {
        path: `${multiUser}/systemd-networkd.service`,
        target: "/lib/systemd/system/systemd-networkd.service",
      },
    ],
  };
}
