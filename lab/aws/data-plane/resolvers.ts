/** Route 53 Resolver: one dnsmasq for each inbound address and one for the VPC's own, and the answers of each. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../world/paths.ts";
import { alive, recorded, start, stop } from "../../world/process.ts";
import { dnsFolder, dnsmasq, prepareDnsFolder, worldNames } from "../../world/router.ts";
import { vpc } from "../../world/topology.ts";
import { resolverOf } from "../../world/vpc.ts";
import type { DesiredEndpoint, DesiredForwarding } from "../private-network.ts";
import type { DesiredNetwork } from "./contract.ts";

export interface Resolver {
  readonly address: string;
  /** Configuration of its dnsmasq. */
  readonly conf: string;
}

/** TTL of the records in the private hosted zones that AWS makes for endpoints. */
const ttlSeconds = 60;

/**
 * In dnsmasq, `address` also covers all names below a name; `host-record` covers the name alone, its addresses in turn.
 */
const privateName = (name: string, address: string): string =>
  name.startsWith("*.") ? `address=/${name.slice(2)}/${address}` : `host-record=${name},${address}`;

const recordsOf = ({ names, addresses }: DesiredEndpoint): string[] =>
  names.flatMap((name) => addresses.map(({ address }) => privateName(name, address)));

/** The queries come from the outbound endpoint's addresses, as the site sees them on AWS. */
const serversOf = ({ domain, servers, from }: DesiredForwarding): string[] =>
  servers.flatMap((server) => from.map((source) => `server=/${domain}/${server}@${source}`));

/** Returns the answers of each resolver of the VPC. Pure. */
export function resolversOf({ vpcs, endpoints, resolvers, forwarding }: DesiredNetwork): readonly Resolver[] {
  const of = (address: string, own: readonly DesiredEndpoint[]): Resolver => ({
    address,
    conf: [
      "no-resolv",
      "no-hosts",
      "bind-interfaces",
      `listen-address=${address}`,
      `local-ttl=${ttlSeconds}`,
      "cache-size=0",
      ...worldNames,
      ...own.flatMap(recordsOf),
      ...forwarding.flatMap(serversOf),
      "",
    ].join("\n"),
  });
  const seenInVpc = endpoints.filter(({ privateDns }) => privateDns === "all");
  const seenFromSite = endpoints.filter(({ privateDns }) => privateDns !== "none");
  return [
    ...vpcs.map(({ cidr }) => of(resolverOf(cidr), seenInVpc)),
    ...resolvers
      .filter(({ direction }) => direction === "INBOUND")
      .flatMap(({ addresses }) => addresses.map(({ address }) => of(address, seenFromSite))),
  ];
}

const prefix = "resolver-";
const fileOf = (name: string) => join(paths.dns, `${name}.conf`);

function confOf(name: string): string | undefined {
  try {
    return readFileSync(fileOf(name), "utf8");
  } catch {
    return undefined;
  }
}

/** Replaces all resolvers by these. A resolver whose answers stay the same is left alone. */
export async function applyResolvers(wanted: readonly Resolver[]): Promise<void> {
  prepareDnsFolder();
  const names = wanted.map(({ address }) => prefix + address);
  for (const name of recorded().filter((n) => n.startsWith(prefix) && !names.includes(n))) {
    await stop(name);
    rmSync(fileOf(name), { force: true });
  }
  for (const { address, conf } of wanted) {
    const name = prefix + address;
    if (alive(name) !== undefined && confOf(name) === conf) continue;
    await stop(name);
    writeFileSync(fileOf(name), conf);
    start(name, dnsmasq(`conf-file=${dnsFolder}/${name}.conf`), { netns: vpc });
  }
}
