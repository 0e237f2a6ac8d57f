import { strict as assert } from "node:assert";
import {
  killEndpointZone,
  killResolverAddress,
  restartEndpointZone,
  restartResolverAddress,
} from "../aws/data-plane/faults.ts";
import type { ZonedAddress } from "../aws/private-network.ts";
import { cloud } from "../cloud.ts";
import { inHost } from "../world/host.ts";
import { region } from "../world/topology.ts";
import { type Check, labNodes, seconds } from "./check.ts";
import { allPollAgain } from "./tasks.ts";

let asked = 0;

/** A name that no cache has: S3's endpoint answers for every bucket. */
const freshName = () => `probe-${Date.now()}-${asked++}.s3.${region}.amazonaws.com`;

async function resolves(node: string, wanted: readonly ZonedAddress[]): Promise<void> {
  const name = freshName();
  const found = await inHost(node, ["timeout", "15", "getent", "ahostsv4", name]).catch(() => "");
  const addresses = new Set(found.split("\n").flatMap((line) => line.split(" ")[0] || []));
  assert.deepEqual(
    [...addresses].toSorted(),
    wanted.map(({ address }) => address).toSorted(),
    `${node}: ${name} resolves so`,
  );
}

export const resolverLost: Check = {
  name: "resolver-lost",
  title: "Each inbound resolver address dead in turn: every node still resolves",
  run: async () => {
    const { endpoints, resolvers } = await cloud.network();
    const wanted = endpoints.find(({ service }) => service === "s3")?.addresses ?? [];
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
