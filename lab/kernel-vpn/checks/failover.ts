/** One tunnel is not like the other: answers by the other one, and the death of one. */
import { strict as assert } from "node:assert";
import { type Check, seconds } from "../../checks/check.ts";
import { until } from "../../world/run.ts";
import { killEndpointScript, startEndpoint } from "../endpoint.ts";
import type { Format } from "../gateway.ts";
import type { Guest } from "../guest.ts";
import { sendThrough, sides } from "../home.ts";
import { pingDuring, transfer } from "../traffic.ts";

/** Through which tunnel the gateway sends to the VPC. */
const sendsThrough = async (guest: Guest) =>
  /dev (tunnel[12])/.exec(await guest.sh(`ip -4 route get ${sides.vpc.address}`))?.[1];

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
    return `through ${await sendsThrough(guest)}`;
  },
});

/** Bytes that came in through each tunnel, as the step's own program says. */
async function received(guest: Guest): Promise<readonly number[]> {
  const said = await guest.run(["/usr/local/lib/ecs-anywhere-hybrid/vpn-status"]);
  return said
    .trim()
    .split("\n")
    .map((line) => Number(line.split(" ")[2]));
}

export const asymmetric = (guest: Guest, format: Format): Check => ({
  name: "asymmetric",
  title: `${format}: what AWS answers through the other tunnel is accepted`,
  run: async () => {
    assert.equal(await sendsThrough(guest), "tunnel1");
    await guest.sh(sendThrough(2));
    try {
      const [, before = 0] = await received(guest);
      await guest.sh(ping("site", "vpc"));
      const moved = await transfer(guest, "site", "down", { bytes: 100_000 });
      assert(moved !== "stalled" && moved.whole, "a download by the other tunnel");
      const [, after = 0] = await received(guest);
      assert(after - before > 100_000, `tunnel2 brought ${after - before} bytes`);
    } finally {
      await guest.sh(sendThrough(1));
    }
    return "out by tunnel1, in by tunnel2";
  },
});

const returns = (guest: Guest, tunnel: string, limit: number) =>
  until(
    async () => ((await sendsThrough(guest)) === tunnel ? true : undefined),
    async () =>
      new Error(`after ${limit} s the gateway sends through ${await sendsThrough(guest)}, not ${tunnel}`),
    { seconds: limit, everyMs: 500 },
  );

/** Longer than it takes: a processor that QEMU translates, and that others use too, is late. */
const patience = 60;

export const failover = (guest: Guest, format: Format): Check => ({
  name: "failover",
  title: `${format}: AWS's end of tunnel 1 killed, traffic goes on by the other; and it comes back`,
  run: async () => {
    assert.equal(await sendsThrough(guest), "tunnel1");
    const killed = await pingDuring(guest, 20, async () => {
      await guest.sh(`sleep 2; ${killEndpointScript(1)}${sendThrough(2)}`);
      await returns(guest, "tunnel2", patience);
    });
    assert.equal(await sendsThrough(guest), "tunnel2");
    const since = Date.now();
    await startEndpoint(guest, 1);
    await returns(guest, "tunnel1", patience);
    const back = seconds(since);
    await guest.sh(sendThrough(1));
    await guest.sh(ping("site", "vpc"));
    return `no answer for ${killed.seconds.toFixed(1)} s (${killed.lost} packets of 10 a second); back after ${back}`;
  },
});
