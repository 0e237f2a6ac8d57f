/**
 * Faults of the VPC, for the checks and the bench: a resolver's address, or all endpoints of a zone, fail for a while.
 */
import { cloud } from "../../cloud.ts";
import { loseAddresses, restoreAddresses } from "./security.ts";

const inZone = async (zone: string): Promise<readonly string[]> =>
  (await cloud.network()).endpoints
    .flatMap(({ addresses }) => addresses)
    .filter((address) => address.zone === zone)
    .map(({ address }) => address);

/** Makes the address stop answering queries. */
export const killResolverAddress = (address: string): Promise<void> => loseAddresses([address]);

export const restartResolverAddress = (address: string): Promise<void> => restoreAddresses([address]);

/** Makes the interface endpoints of this zone stop answering; connections to them hang. */
export const killEndpointZone = async (zone: string): Promise<void> => loseAddresses(await inZone(zone));

export const restartEndpointZone = async (zone: string): Promise<void> =>
  restoreAddresses(await inZone(zone));
