/** One tunnel is not like the other: answers by the other one, renewed keys, the death of one, and of both. */
import { strict as assert } from "node:assert";
import type { Check } from "../../checks/check.ts";
import { renewed, sas } from "../../load/renewed.ts";
import { seconds } from "../../progress.ts";
import { until } from "../../world/run.ts";
import { aws, site } from "../../world/topology.ts";
import { killEndpointScript, startEndpoint, swanctlScript } from "../endpoint.ts";
import { killed } from "../faults.ts";
import type { Format } from "../gateway.ts";
import type { Guest } from "../guest.ts";
import { sendThrough, sides } from "../home.ts";
import { pingDuring, takeWire, transfer } from "../traffic.ts";
import { hit, outwards, patience, settled, theOther } from "../tunnels.ts";

const ping = (from: keyof typeof sides, to: keyof typeof sides) =>
  `ip netns exec ${sides[from].netns} ping -q -n -c 4 -i 0.2 -W 2 ${sides[to].address}`;

export const bothWays = (guest: Guest, format: Format): Check => ({
  name: "both-ways",
  title: `${format}: the site reaches the VPC, the VPC the site, and the gateway the VPC`,
  run: async () => {
    for (const line of [
      ping("site", "vpc"),
      ping("vpc", "site"),
      `ping -q -n -c 2 -i 0.2 -W 2 ${sides.vpc.address}`,
    ])
      await guest.sh(line);
    return `through tunnel${await outwards(guest)}`;
  },
});

/**
 * Name, state and received bytes of each tunnel, as the step's own program says. It asks again where charon does not
 * answer in time: the processor is a slow one.
 */
async function status(guest: Guest): Promise<readonly (readonly string[])[]> {
  const said = await until(
    async () => {
      const { code, stdout } = await guest.ask(["/usr/local/lib/ecs-anywhere-hybrid/vpn-status"]);
      return code === 0 ? stdout : undefined;
    },
    () => new Error("charon does not answer"),
    { seconds: patience },
  );
  return said
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
}

const received = async (guest: Guest, n: 1 | 2) => Number((await status(guest))[n - 1]?.[2]);

export const asymmetric = (guest: Guest, format: Format): Check => ({
  name: "asymmetric",
  title: `${format}: what AWS answers through the other tunnel is accepted`,
  run: async () => {
    const used = await settled(guest);
    const other = theOther(used);
    await guest.sh(sendThrough(other));
    try {
      const before = await received(guest, other);
      await guest.sh(ping("site", "vpc"));
      const moved = await transfer(guest, "site", "down", { bytes: 100_000 });
      assert(moved !== "stalled" && moved.whole, "a download by the other tunnel");
      const came = (await received(guest, other)) - before;
      assert(came > 100_000, `tunnel${other} brought ${came} bytes`);
    } finally {
      await guest.sh(sendThrough(used));
    }
    return `out by tunnel${used}, in by tunnel${other}`;
  },
});

/**
 * About three times what it takes where QEMU translates, and less than half of what charon's own detection would: that it
 * is the watchdog which moves the traffic shows. The promise is `npm run bench -- kernel`'s.
 */
const boundSeconds = 3;

export const failover = (guest: Guest, format: Format): Check => ({
  name: "failover",
  title: `${format}: AWS's end of the used tunnel killed, traffic goes on by the other; and the tunnel comes back`,
  run: async () => {
    const used = await settled(guest);
    const { seconds: silent, lost } = await hit(guest, killed, used);
    assert(silent < boundSeconds, `${silent.toFixed(1)} s without an answer`);
    const since = Date.now();
    await killed.end(guest, used);
    await until(
      async () => ((await status(guest))[used - 1]?.[1] === "installed" ? true : undefined),
      () => new Error(`tunnel${used} does not come back`),
      { seconds: patience, everyMs: 500 },
    );
    const back = seconds(since);
    await settled(guest);
    await guest.sh(ping("site", "vpc"));
    return `no answer for ${silent.toFixed(2)} s (${lost} pings lost); tunnel${used} back after ${back}`;
  },
});

/** The gateway's own words for it, in each format. */
const renewal = {
  "swanctl.conf": { child: "swanctl --rekey --child", ike: "swanctl --rekey --ike" },
  "ipsec.conf": { child: "ipsec stroke rekey", ike: "ipsec stroke rekey" },
} as const;

export const rekeyed = (guest: Guest, format: Format): Check => ({
  name: "rekey",
  title: `${format}: the gateway renews the keys of the used tunnel: no packet is lost`,
  run: async () => {
    const used = await settled(guest);
    const { lost } = await pingDuring(guest, async () => {
      for (const sa of sas) {
        const mark = format === "swanctl.conf" ? "" : sa === "child" ? "{*}" : "[*]";
        await renewed(
          () => guest.sh(swanctlScript(used, "--list-sas", "--raw")),
          sa,
          () => guest.sh(`${renewal[format][sa]} 'tunnel${used}${mark}'`),
          `tunnel${used}`,
        );
      }
    });
    assert.equal(lost, 0, "packets lost");
    return "CHILD_SA and IKE_SA, under steady pings";
  },
});

export const bothDown = (guest: Guest, format: Format): Check => ({
  name: "both-down",
  title: `${format}: both tunnels down: what the gateway forwards elsewhere goes on, nothing for the VPC leaves in clear`,
  run: async () => {
    await settled(guest);
    await takeWire(guest);
    const detour = `${aws.address} via ${site.gateway}`;
    await guest.run(["ip", "-n", sides.site.netns, "route", "add", ...detour.split(" ")]);
    try {
      const { lost } = await pingDuring(
        guest,
        async () => {
          await guest.sh(killEndpointScript(1) + killEndpointScript(2));
          // From then on the default route would have what is for the VPC.
          await until(
            async () => ((await outwards(guest)) === undefined ? true : undefined),
            () => new Error(`after ${patience} s the gateway still sends through a tunnel`),
            { seconds: patience, everyMs: 500 },
          );
          for (const netns of [sides.site.netns, undefined]) {
            const { code } = await guest.ask(
              ["ping", "-q", "-n", "-c", "4", "-i", "0.2", "-W", "1", sides.vpc.address],
              netns === undefined ? {} : { netns },
            );
            assert.notEqual(code, 0, "the VPC answers through no tunnel");
          }
        },
        aws.address,
      );
      assert.equal(lost, 0, "packets lost that were not for the VPC");
      assert.equal(
        (await takeWire(guest)).clear,
        0,
        "packets for the VPC in clear, on their way to the internet",
      );
    } finally {
      await guest.run(["ip", "-n", sides.site.netns, "route", "del", ...detour.split(" ")]);
      await Promise.all([startEndpoint(guest, 1), startEndpoint(guest, 2)]);
    }
    const since = Date.now();
    await settled(guest);
    await guest.sh(ping("site", "vpc"));
    return `from the site's host and from the gateway itself; the VPC is back after ${seconds(since)}`;
  },
});
