import { strict as assert } from "node:assert";
import { faults, tunnels } from "../load/faults.ts";
import { beginners, rekey as renewKeys, rotateKey } from "../load/planned.ts";
import { suffer, underLoad, watch } from "../load/suffer.ts";
import { type Check, firstNode } from "./check.ts";

/**
 * Three times what it takes, for a machine that does something else as well, and a third of what charon alone would
 * take. The promise, and whether it is kept, is `npm run bench -- failover`'s.
 */
const boundSeconds = 2;

export const tunnelFaults: Check = {
  name: "failover",
  title: "The tunnel in use fails, in three ways, under load: packets take the other one",
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
};

async function unnoticed(work: () => Promise<unknown>): Promise<string> {
  const node = firstNode();
  const { toVpc, requests, failed, dropped } = await underLoad(node, (load) => watch(load, work));
  assert(requests > 0);
  assert.deepEqual({ failed, dropped }, { failed: 0, dropped: 0 }, "requests failed, connections dropped");
  return `${requests} requests answered, no connection dropped, ${toVpc.lost} packets lost`;
}

export const rekey: Check = {
  name: "rekey",
  title:
    "IKE renews the keys of both tunnels under load, begun by AWS and by the gateway: nothing is dropped",
  run: () =>
    unnoticed(async () => {
      for (const beginner of beginners) await renewKeys(beginner);
    }),
};

export const rotation: Check = {
  name: "rotation",
  title: "A tunnel gets another pre-shared key by an up, under load: nothing is dropped",
  run: () => unnoticed(() => rotateKey(1)),
};
