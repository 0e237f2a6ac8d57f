import { strict as assert } from "node:assert";
import { killEndpointZone, restartEndpointZone } from "../../aws/data-plane/faults.ts";
import { cloud } from "../../cloud.ts";
import { check } from "../check.ts";
import { allPollAgain } from "../support/tasks.ts";

export default check({
  title: "Each zone's endpoints dead in turn: every agent goes on through the other zone's",
  after: "resolver-lost",
  run: async () => {
    const { endpoints } = await cloud.network();
    const zones = [...new Set(endpoints.flatMap((e) => e.addresses.map(({ zone }) => zone)))];
    assert(zones.length >= 2, `endpoints in ${zones.length} zones only`);
    const took: string[] = [];
    for (const zone of zones) {
      await killEndpointZone(zone);
      try {
        took.push(`${zone} dead: all polled again in ${await allPollAgain(120)}`);
      } finally {
        await restartEndpointZone(zone);
      }
    }
    return took.join("; ");
  },
});
