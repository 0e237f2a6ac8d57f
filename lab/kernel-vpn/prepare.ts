/** What the guest needs of this machine, and its disk. */
import { inOrder } from "../progress.ts";
import { acquireLock } from "../world/lock.ts";
import { provide } from "../world/machine.ts";
import { paths } from "../world/paths.ts";
import { recorded } from "../world/process.ts";
import { buildRootfs, rootfsIsCurrent } from "../world/rootfs.ts";
import { buildTools } from "../world/tools.ts";
import { buildGuest } from "./image.ts";

/** Besides what the lab needs. */
const needed = {
  ip: "iproute2",
  mke2fs: "e2fsprogs",
  mmdebstrap: "mmdebstrap",
  "qemu-system-x86_64": "qemu-system-x86",
  setpriv: "util-linux",
};

/** Under the lab's lock, for the lab builds the same Debian; the guest itself shares nothing with the lab. */
export async function prepare(): Promise<void> {
  if (process.arch !== "x64")
    throw new Error(
      `kernel-vpn: ${process.arch}: the guest is an x86-64 machine; run it on one, or set vpn.dataPath to userspace`,
    );
  const release = await acquireLock();
  try {
    await inOrder([
      {
        title: "This machine has what the guest needs",
        run: (report) => provide("kernel-vpn", needed, report),
      },
      {
        title: "The guest's disk and kernel",
        run: async (report) => {
          if (!rootfsIsCurrent() && recorded().length > 0)
            throw new Error(
              `${paths.debian}: was made by another version of the lab, whose hosts run on it; take them down first: npm run lab -- down`,
            );
          await buildRootfs(report);
          await buildTools();
          report("Debian's kernel and the guest's disk: once, about half a minute");
          await buildGuest();
        },
      },
    ]);
  } finally {
    release();
  }
}
