import { strict as assert } from "node:assert";
import {
  killEndpointZone,
  killResolverAddress,
  restartEndpointZone,
  restartResolverAddress,
} from "../aws/data-plane/faults.ts";
import { cloud } from "../cloud.ts";
import { type Check, labNodes, seconds } from "./check.ts";
import { addressesOn, freshName, privateAddresses } from "./fresh-name.ts";
import { allPollAgain } from "./tasks.ts";

async function resolves(node: string, wanted: readonly string[]): Promise<void> {
  const name = freshName();
  assert.deepEqual(await addressesOn(node, name), wanted, `${node}: ${name} resolves so`);
}

export const resolverLost: Check = {
  name: "resolver-lost",
  title: "Each inbound resolver address dead in turn: every node still resolves",
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
};

export const zoneLost: Check = {
  name: "zone-lost",
  title: "Each zone's endpoints dead in turn: every agent goes on by the other's",
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
};
