/**
 * Debian's stock kernel for virtual machines, which has ESP, XFRM interfaces and VTI. It is unpacked, never installed, by
 * mmdebstrap: any machine that can build the hosts' Debian can do it.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../world/cached.ts";
import { paths } from "../world/paths.ts";
import { ownSources, suite } from "../world/rootfs.ts";
import { run } from "../world/run.ts";

/** Needs no initial RAM disk: its drivers for NVMe and ext4 are built in. */
const packages = ["kmod", "linux-image-cloud-amd64"];

export const kernelImage = join(paths.kernel, "vmlinuz");

/** A layer over a root: the modules, and kmod, by which the kernel itself asks for them. */
export const kernelLayer = join(paths.kernel, "layer");

async function build(dir: string): Promise<void> {
  const whole = join(dir, "whole");
  mkdirSync(dir, { recursive: true });
  await run(
    [
      "mmdebstrap",
      "--mode=root",
      "--variant=extract",
      "--skip=check/qemu",
      `--include=${packages.join(",")}`,
      '--aptopt=APT::Install-Recommends "false"',
      suite,
      whole,
      ...ownSources(),
    ],
    { log: join(paths.log, "kernel.log"), timeoutSeconds: 900 },
  );
  const [release = ""] = readdirSync(join(whole, "lib/modules"));
  // What the package's own script would do; the unpacked packages are a whole small system.
  await run(["chroot", whole, "/sbin/depmod", release]);
  const layer = join(dir, "layer/usr");
  for (const folder of ["bin", "sbin", "lib"]) mkdirSync(join(layer, folder), { recursive: true });
  renameSync(join(whole, "lib/modules"), join(layer, "lib/modules"));
  renameSync(join(whole, "bin/kmod"), join(layer, "bin/kmod"));
  symlinkSync("../bin/kmod", join(layer, "sbin/modprobe"));
  renameSync(join(whole, `boot/vmlinuz-${release}`), join(dir, "vmlinuz"));
  rmSync(whole, { recursive: true });
}

/** Fetches it, unless it is there. Returns whether it did. */
export const buildKernel = () => cached(paths.kernel, { suite, packages }, build);
