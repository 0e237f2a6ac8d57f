/** The kernel data path on a real kernel: the guest, the home inside it, and what is checked there. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "../checks/check.ts";
import { runChecks } from "../checks/run.ts";
import { inOrder } from "../progress.ts";
import { paths } from "../world/paths.ts";
import { kernelChecks } from "./check.ts";
import { startEndpoint } from "./endpoint.ts";
import type { Format } from "./gateway.ts";
import { Guest } from "./guest.ts";
import { homeScript } from "./home.ts";
import { guestDisk } from "./image.ts";
import { kernelImage } from "./kernel.ts";
import { acceleratorHere } from "./qemu.ts";
import { guestHost } from "./seed.ts";
import { type Suffered, series } from "./series.ts";
import { converge, takePicture, undone } from "./step.ts";
import { startServers } from "./traffic.ts";

/** All of it: the checks are of one guest, in its life. */
const again = () => "npm run lab -- kernel-vpn";

const logFile = (name: string) => join(paths.log, `${name}.log`);

/** In this order: the second one takes over from the first, as when a person changes `vpn.format`. */
const formats: readonly Format[] = ["swanctl.conf", "ipsec.conf"];

/** Returns the checks of the guest in this format, in their order. */
async function checksOf(guest: Guest, format: Format): Promise<readonly Check[]> {
  return (await kernelChecks()).flat().map(({ name, title, run }) => ({
    name,
    title: `${format}: ${title}`,
    run: () => run(guest, format),
  }));
}

/** What the gateway said, in a file: to be looked at when the guest is gone. */
async function keepWords(guest: Guest): Promise<void> {
  const script = "journalctl -b -q --no-pager -o short-monotonic; ip -d addr; ip route; nft list ruleset";
  const { stdout } = await guest.ask(["sh", "-c", script], { seconds: 60 });
  mkdirSync(paths.log, { recursive: true });
  writeFileSync(logFile("kernel-vpn-gateway"), stdout);
}

/** Boots a guest with a home, an internet and AWS's two ends inside it; whatever happens, it ends with the work. */
export async function withGuest<T>(work: (guest: Guest) => Promise<T>): Promise<T> {
  const files = { kernel: kernelImage, disk: guestDisk, console: logFile("kernel-vpn-console") };
  const accelerator = acceleratorHere();
  let guest: Guest | undefined;
  try {
    await inOrder([
      {
        title: "A guest with a kernel of its own",
        run: async () => {
          guest = await Guest.boot(files, accelerator);
          return `${guest.kernel}, ${accelerator === "kvm" ? "KVM" : "translated by QEMU"}`;
        },
      },
      {
        title: "A home, an internet and AWS's two ends inside it",
        run: async () => {
          const running = here(guest);
          await running.sh(homeScript(guestHost().mac), { seconds: 120 });
          await Promise.all([startEndpoint(running, 1), startEndpoint(running, 2), startServers(running)]);
        },
      },
    ]);
    return await work(here(guest));
  } finally {
    if (guest) {
      await keepWords(guest).catch(() => {});
      await guest.end();
    }
  }
}

/** The step on the gateway, in each format in turn, and then the work. */
async function eachFormat(guest: Guest, work: (format: Format) => Promise<void>): Promise<void> {
  for (const format of formats) {
    await inOrder([{ title: `${format}: the step on the gateway`, run: () => converge(guest, format) }]);
    await work(format);
  }
}

/** Checks both formats in a guest. Returns how many checks failed. */
export const checkKernelPath = (): Promise<number> =>
  withGuest(async (guest) => {
    const before = await takePicture(guest);
    let failed = 0;
    await eachFormat(guest, async (format) => {
      failed += await runChecks(await checksOf(guest, format), again);
    });
    failed += await runChecks([undone(guest, "ipsec.conf", before)], again);
    return failed;
  });

/**
 * What faults of the tunnel in use cost, in each format.
 * @param count of faults in each
 */
export const sufferKernelPath = (count: number): Promise<Readonly<Record<Format, readonly Suffered[]>>> =>
  withGuest(async (guest) => {
    const seen: Record<Format, readonly Suffered[]> = { "swanctl.conf": [], "ipsec.conf": [] };
    await eachFormat(guest, async (format) => {
      seen[format] = await series(guest, count, (line) => console.log(`${format}, ${line}`));
    });
    return seen;
  });

function here(guest: Guest | undefined): Guest {
  if (!guest) throw new Error("the guest does not run");
  return guest;
}
