import { strict as assert } from "node:assert";
import { firstNode } from "../../hosts.ts";
import { faults, tunnels } from "../../load/faults.ts";
import { suffer, underLoad } from "../../load/suffer.ts";
import { check } from "../check.ts";

/**
 * Three times what it takes, for a machine that does something else as well, and a third of what charon alone would
 * take. The promise, and whether it is kept, is `npm run bench -- failover`'s.
 */
const boundSeconds = 2;

export default check({
  title: "The tunnel in use fails, in three ways, under load: packets take the other one",
  details: "This takes less than 2 s, and no connection is lost",
  run: async () => {
    const node = firstNode();
    const seen = await underLoad(node, async (load) => {
      const lines: string[] = [];
      for (const fault of faults) {
        const { toVpc, dropped } = await suffer(load, fault, tunnels[lines.length % 2] ?? 1);
        assert(toVpc.seconds < boundSeconds, `${fault.name}: ${toVpc.seconds} s without a packet to the VPC`);
        assert.equal(dropped, 0, `${fault.name}: connections dropped`);
        lines.push(`${fault.name} ${toVpc.seconds.toFixed(1)} s`);
      }
      return lines;
    });
    return seen.join(", ");
  },
});
