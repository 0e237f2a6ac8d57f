/** What a fault of a tunnel costs where the gateway's kernel encrypts: in the guest, whose kernel can on any machine. */
import { prepare } from "../kernel-vpn/prepare.ts";
import { acceleratorHere } from "../kernel-vpn/qemu.ts";
import { sufferKernelPath } from "../kernel-vpn/run.ts";
import { promisedSeconds, type Section, spread, tooLong } from "./section.ts";

/** Faults in each format that the series has unless it is told another number. */
export const defaultFaults = 15;

/** @param count of faults in each format, all kinds together */
export async function kernel(count = defaultFaults): Promise<Section> {
  await prepare();
  const suffered = await sufferKernelPath(count);
  const cells = (name: string, all: readonly { readonly seconds: number; readonly lost: number }[]) => [
    name,
    `${all.length}`,
    spread(
      all.map(({ seconds }) => seconds),
      2,
    ),
    spread(
      all.map(({ lost }) => lost),
      0,
    ),
  ];
  const rows = Object.entries(suffered).flatMap(([format, all]) => [
    ...[...new Set(all.map(({ fault }) => fault))].map((fault) =>
      cells(
        `\`${format}\`: ${fault}`,
        all.filter((each) => each.fault === fault),
      ),
    ),
    cells(`**\`${format}\`: all of these**`, all),
  ]);
  const every = Object.values(suffered).flat();
  return {
    name: "kernel",
    title: "Failover on the kernel data path, in the guest",
    text: `\`vpn.dataPath: kernel\`, the product's default, in the guest of \`npm run lab -- kernel-vpn\`${
      acceleratorHere() === "kvm"
        ? ""
        : ",\nwhose every instruction QEMU translates: the gateway's, the VPC's and those of AWS's ends"
    }.

Each fault hits the tunnel in use, under pings from a host of the site, 100 a second as far as the processor comes; the VPC sends
through the other endpoint from then on, so that the outage is the gateway's own. Seconds: from the last answer before a
loss to the first one after it, all losses of a fault summed up; median / p99 / longest: with fewer than 100 faults p99 is the
longest. To reach: p99 ${promisedSeconds.toFixed(1)} s.`,
    header: ["fault", "times", "site → AWS → site, s", "packets lost"],
    rows,
    missed: tooLong(every.map(({ seconds }) => seconds)),
  };
}
