/**
 * The guest's disk: the hosts' Debian with strongSwan, a kernel's modules and the lab's agent. strongSwan is there already,
 * as on a host where it was tried before: dpkg on a processor that QEMU translates takes a minute. The lab's other gateway
 * shows that the step installs and removes it.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { cached, stampIn } from "../world/cached.ts";
import { writeSeed } from "../world/disk.ts";
import { paths } from "../world/paths.ts";
import { run, withOwnMounts } from "../world/run.ts";
import { buildKernel, kernelLayer } from "./kernel.ts";
import { guestSeed } from "./seed.ts";

export const guestDisk = join(paths.guest, "disk.ext4");

/** With mounts of its own: a killed build leaves none behind. What is not filled of the disk takes no space. */
const script = `
set -eu
root=$1 lower=$2 upper=$3 work=$4 disk=$5
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$upper,workdir=$work" "$root"
# Debian enables both daemons, and the second would take over the first one's socket.
systemctl --root="$root" --quiet disable strongswan.service strongswan-starter.service
mke2fs -q -t ext4 -O ^has_journal -d "$root" "$disk" 1G
`;

async function build(dir: string): Promise<void> {
  const part = (name: string) => join(dir, name);
  for (const name of ["root", "upper/lab/disk", "upper/lab/memory", "work"])
    mkdirSync(part(name), { recursive: true });
  writeSeed(part("upper"), guestSeed());
  const lower = [kernelLayer, join(paths.tools, "upper"), paths.rootfs].join(":");
  const places = [part("root"), lower, part("upper"), part("work"), part("disk.ext4")];
  await run(withOwnMounts(script, ...places));
  await run(["rm", "-r", part("root"), part("upper"), part("work")]);
}

/** Builds the disk, unless it is that of this Debian and this kernel. Returns whether it did. */
export async function buildGuest(): Promise<boolean> {
  await buildKernel();
  const below = [paths.debian, paths.tools, paths.kernel].map(stampIn);
  return cached(paths.guest, { below, script, seed: guestSeed() }, build);
}
