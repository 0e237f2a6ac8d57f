import { strict as assert } from "node:assert";
import { kernelCheck } from "../check.ts";
import { sendThrough } from "../home.ts";
import { ping } from "../ping.ts";
import { transfer } from "../traffic.ts";
import { received } from "../tunnel-status.ts";
import { settled, theOther } from "../tunnels.ts";

export default kernelCheck({
  title: "what AWS answers through the other tunnel is accepted",
  details: "The host came with the strictest reverse-path filter",
  after: "clamp",
  run: async (guest) => {
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
