import { strict as assert } from "node:assert";
import { firstNode } from "../../hosts.ts";
import { underLoad, watch } from "../../load/suffer.ts";

/** Does the work under load; throws if a request fails or a connection is lost meanwhile. */
export async function unnoticed(work: () => Promise<unknown>): Promise<string> {
  const node = firstNode();
  const { toVpc, requests, failed, dropped } = await underLoad(node, (load) => watch(load, work));
  assert(requests > 0);
  assert.deepEqual({ failed, dropped }, { failed: 0, dropped: 0 }, "requests failed, connections dropped");
  return `${requests} requests answered, no connection dropped, ${toVpc.lost} packets lost`;
}
