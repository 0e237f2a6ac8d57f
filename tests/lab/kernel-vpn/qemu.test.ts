import test from "ava";
import { accelerator, qemuCommand } from "../../../lab/kernel-vpn/qemu.ts";

const files = { kernel: "/lab/vmlinuz", disk: "/a,b/disk.ext4", console: "/lab/log/console.log" };
const after = (argv: readonly string[], word: string) => argv[argv.indexOf(word) + 1];

test("KVM only where the processor has virtualisation: a device node alone proves nothing", (t) => {
  t.is(accelerator("flags\t\t: fpu vmx sse\n", true), "kvm");
  t.is(accelerator("flags\t\t: fpu svm sse\n", true), "kvm");
  t.is(accelerator("flags\t\t: fpu sse\n", true), "tcg");
  t.is(accelerator("flags\t\t: fpu vmx\n", false), "tcg");
  t.is(accelerator("vmx flags\t: 0x1\nflags\t\t: fpu vmxless\n", true), "tcg");
});

test("the guest ends with the process that started it, has no network, and writes to no disk", (t) => {
  const argv = qemuCommand(files, "tcg");
  t.deepEqual(argv.slice(0, 4), ["setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64"]);
  t.true(argv.includes("-nodefaults"));
  t.false(argv.some((word) => /^-(net|nic|netdev)/.test(word)));
  t.is(after(argv, "-drive"), "file=/a,,b/disk.ext4,format=raw,if=none,id=disk,readonly=on");
  t.regex(after(argv, "-append") ?? "", /(^| )ro( |$)/);
});

test("the processor is the machine's own, or one that QEMU translates", (t) => {
  t.is(after(qemuCommand(files, "kvm"), "-cpu"), "host");
  t.is(after(qemuCommand(files, "tcg"), "-cpu"), "max");
});
