import { strict as assert } from "node:assert";
import { kernelCheck } from "../check.ts";
import { forgetSizes, sizes, timestamps } from "../sizes.ts";
import { amount, takeWire, transfer } from "../traffic.ts";

const both = (["site", "vpc"] as const).flatMap((from) =>
  (["up", "down"] as const).map((what) => ({ from, what })),
);

export default kernelCheck({
  title: `1 MB of TCP each way, opened from either side, in segments of ${sizes.mss} bytes`,
  details: `Full packets have ${sizes.wire} bytes on the wire, and none is fragmented`,
  after: "largest-packet",
  run: async (guest) => {
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
