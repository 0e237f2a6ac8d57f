/** QEMU's command line for the guest: no network, no disk that is written to, one port to speak through. Pure. */
import { existsSync, readFileSync } from "node:fs";

/** Returns `kvm` where the processor can virtualise; elsewhere QEMU translates, about ten times slower. */
export function accelerator(cpuinfo: string, hasKvm: boolean): "kvm" | "tcg" {
  return hasKvm && /^flags\s*:.*\b(vmx|svm)\b/m.test(cpuinfo) ? "kvm" : "tcg";
}

/** A comma ends a value in QEMU's options, unless it is doubled. */
const value = (path: string) => path.replaceAll(",", ",,");

export interface GuestFiles {
  readonly kernel: string;
  readonly disk: string;
  /** What the kernel and systemd say goes here. */
  readonly console: string;
}

const parameters = [
  "console=ttyS0",
  "root=/dev/nvme0n1",
  "rootfstype=ext4",
  "ro",
  "init=/lab/init",
  "quiet",
  // A kernel that fails ends, instead of waiting for somebody.
  "panic=-1",
  // Nobody attacks a guest that lives for two minutes, and QEMU translates none of it for nothing.
  "mitigations=off",
  "init_on_alloc=0",
  "apparmor=0",
  "audit=0",
].join(" ");

export function qemuCommand(files: GuestFiles, accel: "kvm" | "tcg"): readonly string[] {
  const cpu =
    accel === "kvm"
      ? ["-accel", "kvm", "-cpu", "host"]
      : ["-accel", "tcg,thread=multi,tb-size=64", "-cpu", "max"];
  return [
    // The guest ends with the lab's command, however that ends.
    ..."setpriv --pdeathsig KILL qemu-system-x86_64".split(" "),
    ..."-machine q35 -nodefaults -no-user-config -no-reboot -display none".split(" "),
    ...cpu,
    ..."-smp 2 -m 768".split(" "),
    "-kernel",
    files.kernel,
    "-append",
    parameters,
    "-drive",
    `file=${value(files.disk)},format=raw,if=none,id=disk,readonly=on`,
    ..."-device nvme,drive=disk,serial=disk".split(" "),
    "-chardev",
    `file,id=console,path=${value(files.console)}`,
    ..."-serial chardev:console".split(" "),
    ..."-chardev stdio,id=agent,signal=off -device virtio-serial-pci -device virtserialport,chardev=agent,name=agent".split(
      " ",
    ),
  ];
}

export const acceleratorHere = () =>
  accelerator(readFileSync("/proc/cpuinfo", "utf8"), existsSync("/dev/kvm"));
