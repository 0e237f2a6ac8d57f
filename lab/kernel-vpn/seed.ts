/** What the guest's disk has besides Debian, the kernel's modules and the packages: pure. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hostSeed, type Seed } from "../world/host-files.ts";
import { type HostSpec, hostsOf } from "../world/topology.ts";

const units = "etc/systemd/system";

const own = (name: string) => readFileSync(join(import.meta.dirname, "guest", name), "utf8");

const agentUnit = `[Unit]
Description=What the lab asks of this guest
After=systemd-modules-load.service

[Service]
ExecStart=/usr/bin/python3 /lab/agent.py
Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin LC_ALL=C.UTF-8 HOME=/root
WorkingDirectory=/
StandardError=journal+console

[Install]
WantedBy=multi-user.target
`;

/** Nobody logs in or debugs, and nothing may wake up in the middle of a check. */
const masked = [
  "dev-hugepages.mount",
  "dev-mqueue.mount",
  "dpkg-db-backup.timer",
  "fstrim.timer",
  "getty.target",
  "modprobe@.service",
  "proc-sys-fs-binfmt_misc.automount",
  "ssh.service",
  "sys-fs-fuse-connections.mount",
  "sys-kernel-config.mount",
  "sys-kernel-debug.mount",
  "sys-kernel-tracing.mount",
  "systemd-binfmt.service",
  "systemd-logind.service",
  "systemd-sysusers.service",
  "systemd-tmpfiles-clean.timer",
  "systemd-update-utmp-runlevel.service",
  "systemd-update-utmp.service",
  "systemd-user-sessions.service",
];

/** systemd runs each of them at boot and at every reload: seconds, on a processor that QEMU translates. netplan's stays. */
const generators = [
  "cryptsetup",
  "debug",
  "fstab",
  "getty",
  "gpt-auto",
  "hibernate-resume",
  "integritysetup",
  "rc-local",
  "run",
  "system-update",
  "sysv",
  "veritysetup",
];

/** The lab's gateway, as far as the guest needs it. */
export function guestHost(): HostSpec {
  const gateway = hostsOf(1).find(({ roles }) => roles.includes("gateway"));
  if (!gateway) throw new Error("the lab has no gateway");
  return gateway;
}

/** Files that stand for a Pi's firmware, and for its SSH: the guest has a kernel of its own, and no SSH connection comes in. */
const notHere = /pi-firmware|ssh|^boot\//;

/** The lab's gateway as it is when bare, with the lab's agent. */
export function guestSeed(): Seed {
  const noKeys = { hostPrivateKey: "", hostPublicKey: "", personPublicKey: "" };
  const { files, links } = hostSeed(guestHost(), noKeys);
  return {
    files: [
      ...files.filter(({ path }) => !notHere.test(path)),
      { path: "etc/fstab", content: "" },
      // There is no udev to load them.
      { path: "etc/modules-load.d/lab.conf", content: "virtio_pci\nvirtio_console\n" },
      { path: `${units}/lab-agent.service`, content: agentUnit },
      { path: "lab/agent.py", content: own("agent.py") },
      { path: "lab/init", mode: 0o755, content: own("init.sh") },
    ],
    links: [
      ...links.filter(({ path }) => !notHere.test(path)),
      ...masked.map((unit) => ({ path: `${units}/${unit}`, target: "/dev/null" })),
      ...generators.map((name) => ({
        path: `etc/systemd/system-generators/systemd-${name}-generator`,
        target: "/dev/null",
      })),
      { path: `${units}/multi-user.target.wants/lab-agent.service`, target: `/${units}/lab-agent.service` },
      { path: `${units}/default.target`, target: "/lib/systemd/system/multi-user.target" },
    ],
  };
}
