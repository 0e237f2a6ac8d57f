import { strict as assert } from "node:assert";
import { killResolverAddress, restartResolverAddress } from "../../aws/data-plane/faults.ts";
import { cloud } from "../../cloud.ts";
import { labNodes } from "../../hosts.ts";
import { seconds } from "../../progress.ts";
import { check } from "../check.ts";
import { addressesOn, freshName, privateAddresses } from "../support/fresh-name.ts";

async function resolves(node: string, wanted: readonly string[]): Promise<void> {
  const name = freshName();
  assert.deepEqual(await addressesOn(node, name), wanted, `${node}: ${name} resolves so`);
}

export default check({
  title: "Each inbound resolver address dead in turn: every node still resolves",
  after: "preflight-causes",
  run: async () => {
    const wanted = await privateAddresses();
    const { resolvers } = await cloud.network();
    const inbound = resolvers.filter(({ direction }) => direction === "INBOUND");
    const addresses = inbound.flatMap((resolver) => resolver.addresses);
    assert(addresses.length >= 2, `only ${addresses.length} resolver addresses`);
    const took: string[] = [];
    for (const { address } of addresses) {
      await killResolverAddress(address);
      try {
        const since = Date.now();
        for (let i = 0; i < 3; i++) await Promise.all(labNodes().map(({ name }) => resolves(name, wanted)));
        took.push(`${address} dead: 3 names in ${seconds(since)}`);
      } finally {
        await restartResolverAddress(address);
      }
    }
    return took.join("; ");
  },
});
