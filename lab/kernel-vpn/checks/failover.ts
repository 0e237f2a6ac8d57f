import { strict as assert } from "node:assert";
import { seconds } from "../../progress.ts";
import { until } from "../../world/run.ts";
import { kernelCheck } from "../check.ts";
import { killed } from "../faults.ts";
import { ping } from "../ping.ts";
import { status } from "../tunnel-status.ts";
import { hit, patience, settled } from "../tunnels.ts";

/**
 * About three times what it takes where QEMU translates, and less than half of what charon's own detection would: that it
 * is the watchdog which moves the traffic shows. The promise is `npm run bench -- kernel`'s.
 */
const boundSeconds = 3;

export default kernelCheck({
  title:
    "AWS's end of the used tunnel is killed: traffic goes on through the other tunnel, and the first one comes back",
  details: "This takes less than 3 s",
  after: "rekey",
  run: async (guest) => {
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
