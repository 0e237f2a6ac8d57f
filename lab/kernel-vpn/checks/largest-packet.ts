import { strict as assert } from "node:assert";
import { kernelCheck } from "../check.ts";
import { sizes } from "../sizes.ts";
import { largePing, takeWire } from "../traffic.ts";

export default kernelCheck({
  title: `${sizes.mtu} bytes pass unfragmented either way and make ${sizes.wire} on the wire; one byte more does not pass`,
  after: "both-ways",
  run: async (guest) => {
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
