/** Sizes: AWS's figures for AES-GCM behind NAT, seen with full segments on the router's wire. */
import { strict as assert } from "node:assert";
import type { Check } from "../../checks/check.ts";
import { carryOut, type Format } from "../gateway.ts";
import type { Guest } from "../guest.ts";
import { sides } from "../home.ts";
import { amount, largePing, takeWire, transfer } from "../traffic.ts";

const sizes = { mtu: 1438, mss: 1398, wire: 1500 };
/** TCP's timestamps, in each segment. */
const timestamps = 12;
const both = (["site", "vpc"] as const).flatMap((from) =>
  (["up", "down"] as const).map((what) => ({ from, what })),
);

export const largest = (guest: Guest, format: Format): Check => ({
  name: "largest-packet",
  title: `${format}: ${sizes.mtu} bytes pass unfragmented either way, one more does not; ${sizes.wire} on the wire`,
  run: async () => {
    for (const from of ["site", "vpc"] as const) {
      await takeWire(guest);
      assert(await largePing(guest, from, sizes.mtu), `${sizes.mtu} bytes from the ${from}`);
      const { up_full, down_full, up_over, down_over } = await takeWire(guest);
      assert.deepEqual([up_full, down_full, up_over + down_over], [1, 1, 0], `on the wire, from the ${from}`);
      assert(!(await largePing(guest, from, sizes.mtu + 1)), `${sizes.mtu + 1} bytes from the ${from}`);
    }
    return "echo and answer, from either side";
  },
});

/** What both sides have learned of the path. */
const forgetSizes = (guest: Guest) =>
  Promise.all(
    Object.values(sides).map(({ netns }) => guest.run(["ip", "-n", netns, "route", "flush", "cache"])),
  );

export const fullSegments = (guest: Guest, format: Format): Check => ({
  name: "full-segments",
  title: `${format}: 1 MB of TCP each way, opened from either side, in segments of ${sizes.mss} bytes`,
  run: async () => {
    for (const { from, what } of both) {
      await forgetSizes(guest);
      await takeWire(guest);
      const moved = await transfer(guest, from, what);
      assert.deepEqual(
        moved,
        { whole: true, segment: sizes.mss - timestamps },
        `opened by the ${from}, ${what}`,
      );
      const seen = await takeWire(guest);
      // Nearly all of it: the last segment of a window may be smaller.
      const expected = (0.8 * amount) / (sizes.mss - timestamps);
      const away = (what === "up") === (from === "site");
      assert((away ? seen.up_full : seen.down_full) > expected, `full packets: ${JSON.stringify(seen)}`);
      assert.equal(seen.up_over + seen.down_over, 0, "packets that were fragmented");
    }
    return `whole, four times; packets of ${sizes.wire} bytes`;
  },
});

export const clampNeeded = (guest: Guest, format: Format): Check => ({
  name: "clamp",
  title: `${format}: without the clamp a download stalls, and the next run of the step mends it`,
  run: async () => {
    await guest.sh("nft flush chain ip ecs_anywhere_hybrid_vpn clamp");
    // A host that knows the size of the path asks for smaller segments by itself: the download comes first.
    await forgetSizes(guest);
    const down = await transfer(guest, "site", "down", { bytes: 100_000, seconds: 8 });
    await forgetSizes(guest);
    // The gateway tells the site's hosts, AWS tells nobody.
    const up = await transfer(guest, "site", "up", { bytes: 100_000 });
    const { changed } = await carryOut(guest, "converge", format);
    assert.deepEqual([up !== "stalled" && up.whole, down], [true, "stalled"], "upload, download");
    assert.deepEqual(changed, ["apply"], "changed by the step");
    await forgetSizes(guest);
    const mended = await transfer(guest, "site", "down", { bytes: 100_000 });
    assert(mended !== "stalled" && mended.whole, "the download after it");
    return "stalled, mended";
  },
});
