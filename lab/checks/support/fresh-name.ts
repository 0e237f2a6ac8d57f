/** Names that no cache has, and what a host makes of them. */
import { cloud } from "../../cloud.ts";
import { inHost } from "../../world/host.ts";
import { region } from "../../world/topology.ts";

let asked = 0;

/** A name that S3's endpoint answers for, as for every bucket's. */
export const freshName = () => `fresh-${Date.now()}-${asked++}.s3.${region}.amazonaws.com`;

/** Its addresses, as a program on the host learns them; none when it learns none within 15 s. */
export async function addressesOn(host: string, name: string): Promise<readonly string[]> {
  const said = await inHost(host, ["timeout", "15", "getent", "ahostsv4", name]).catch(() => "");
  return [...new Set(said.split("\n").flatMap((line) => line.split(" ")[0] || []))].toSorted();
}

/** Those that it should learn: of S3's interface endpoint. */
export async function privateAddresses(): Promise<readonly string[]> {
  const { endpoints } = await cloud.network();
  const s3 = endpoints.find(({ service }) => service === "s3")?.addresses ?? [];
  return s3.map(({ address }) => address).toSorted();
}
