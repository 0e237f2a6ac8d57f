/** One tunnel is not like the other: answers by the other one, and the death of one. */
import { strict as assert } from "node:assert";
import { type Check, seconds } from "../../checks/check.ts";
import { until } from "../../world/run.ts";
import { killEndpointScript, startEndpoint } from "../endpoint.ts";
import type { Format } from "../gateway.ts";
import type { Guest } from "../guest.ts";
import { sendThrough, sides } from "../home.ts";
import { pingDuring, transfer } from "../traffic.ts";

/** The number of the tunnel through which the gateway sends to the VPC; undefined while none carries anything. */
async function outwards(guest: Guest): Promise<1 | 2 | undefined> {
  const { stdout } = await guest.ask(["ip", "-4", "route", "get", sides.vpc.address]);
  const [, number] = /dev tunnel([12])/.exec(stdout) ?? [];
  return number === undefined ? undefined : number === "1" ? 1 : 2;
}

const theOther = (n: 1 | 2) => (n === 1 ? 2 : 1);

/** The tunnel that is used, which the VPC then uses, too. Waits for one: a slow processor may have been late with probes. */
async function settled(guest: Guest): Promise<1 | 2> {
  const used = await until(
    () => outwards(guest),
    () => new Error("the gateway sends through no tunnel"),
    { seconds: patience, everyMs: 500 },
  );
  await guest.sh(sendThrough(used));
  return used;
}

/** Longer than it takes: a processor that QEMU translates, and that others use too, is late. */
const patience = 60;

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

export const failover = (guest: Guest, format: Format): Check => ({
  name: "failover",
  title: `${format}: AWS's end of the used tunnel killed, traffic goes on by the other; and the tunnel comes back`,
  run: async () => {
    const used = await settled(guest);
    const other = theOther(used);
    const moves = (n: 1 | 2, what: string) =>
      until(
        async () => ((await outwards(guest)) === n ? true : undefined),
        () => new Error(`${what}: after ${patience} s the gateway does not send through tunnel${n}`),
        { seconds: patience, everyMs: 500 },
      );
    const { seconds: silent, lost } = await pingDuring(guest, async () => {
      await guest.sh(`sleep 1; ${killEndpointScript(used)}${sendThrough(other)}`);
      await moves(other, `tunnel${used} killed`);
    });
    const since = Date.now();
    await startEndpoint(guest, used);
    await until(
      async () => ((await status(guest))[used - 1]?.[1] === "installed" ? true : undefined),
      () => new Error(`tunnel${used} does not come back`),
      { seconds: patience, everyMs: 500 },
    );
    const back = seconds(since);
    await settled(guest);
    await guest.sh(ping("site", "vpc"));
    return `no answer for ${silent.toFixed(1)} s (${lost} packets of 10 a second lost); tunnel${used} back after ${back}`;
  },
});
