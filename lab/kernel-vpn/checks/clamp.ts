import { strict as assert } from "node:assert";
import { kernelCheck } from "../check.ts";
import { carryOut } from "../gateway.ts";
import { forgetSizes } from "../sizes.ts";
import { transfer } from "../traffic.ts";

export default kernelCheck({
  title: "without the clamp a download stalls, and the next run of the step fixes it",
  details: "An upload still works, since only AWS's end does not say that a packet was too big",
  after: "full-segments",
  run: async (guest, format) => {
    await guest.sh("nft flush chain ip ecs_anywhere_hybrid_vpn clamp");
    // A host that knows the size of the path asks for smaller segments on its own: the download comes first.
    await forgetSizes(guest);
    const down = await transfer(guest, "site", "down", { bytes: 100_000, seconds: 8 });
    await forgetSizes(guest);
    // The gateway tells the site's hosts; AWS tells no host.
    const up = await transfer(guest, "site", "up", { bytes: 100_000 });
    const { changed } = await carryOut(guest, "converge", format);
    assert.deepEqual([up !== "stalled" && up.whole, down], [true, "stalled"], "upload, download");
    assert.deepEqual(changed, ["table ip ecs_anywhere_hybrid_vpn"], "changed by the step");
    await forgetSizes(guest);
    const repaired = await transfer(guest, "site", "down", { bytes: 100_000 });
    assert(repaired !== "stalled" && repaired.whole, "the download after it");
    return "stalled, repaired";
  },
});
