/**
 * Security groups of endpoints and resolvers, as a firewall in the VPC's namespace: what they do not admit is dropped
 * silently, as on AWS. Also faults: lost addresses, as in a zone outage, neither receive nor send.
 */
import { run, succeeds } from "../../world/run.ts";
import { vpc } from "../../world/topology.ts";
import { resolverOf } from "../../world/vpc.ts";
import type { DesiredRule } from "../private-network.ts";
import type { DesiredNetwork } from "./contract.ts";

const table = "ip vpc";

function admitted(address: string, { from, protocol, ports }: DesiredRule): string {
  const range = ports === undefined ? "" : `${protocol} dport ${ports[0]}-${ports[1]}`;
  const what = protocol === "all" ? "" : range === "" ? `meta l4proto ${protocol}` : range;
  return ["ip daddr", address, "ip saddr", from, what, "accept"].filter(Boolean).join(" ");
}

/** Returns the rules as text for `nft -f`. Keeps the set of lost addresses as it is. Pure. */
export function securityRules({ vpcs, endpoints, resolvers }: DesiredNetwork): string {
  const guarded = [...endpoints, ...resolvers].flatMap(({ addresses, admit }) =>
    addresses.map(({ address }) => ({ address, admit })),
  );
  // A VPC's own resolver answers only the VPC (Amazon VPC user guide, "DNS attributes").
  const own = vpcs.map(({ cidr, secondaryCidrs }) => ({
    address: resolverOf(cidr),
    admit: [cidr, ...secondaryCidrs].map((from) => ({ from, protocol: "all" as const })),
  }));
  const rules = [...guarded, ...own].flatMap(({ address, admit }) => [
    ...admit.map((rule) => admitted(address, rule)),
    `ip daddr ${address} drop`,
  ]);
  return [
    `add table ${table}`,
    `add set ${table} lost { type ipv4_addr; }`,
    `add chain ${table} arriving { type filter hook input priority filter; policy accept; }`,
    `add chain ${table} leaving { type filter hook output priority filter; policy accept; }`,
    `flush chain ${table} arriving`,
    `flush chain ${table} leaving`,
    `add rule ${table} leaving ip saddr @lost drop`,
    `add rule ${table} arriving ip daddr @lost drop`,
    `add rule ${table} arriving ct state established,related accept`,
    ...rules.map((rule) => `add rule ${table} arriving ${rule}`),
    "",
  ].join("\n");
}

export async function applySecurity(desired: DesiredNetwork): Promise<void> {
  await run(["nft", "-f", "-"], { netns: vpc, input: securityRules(desired) });
}

async function change(verb: "add" | "delete", addresses: readonly string[]): Promise<void> {
  if (addresses.length > 0)
    await run(["nft", `${verb} element ${table} lost { ${addresses.join(", ")} }`], { netns: vpc });
}

/** Makes these addresses of the VPC fail: nothing answers, and open connections hang. */
export const loseAddresses = (addresses: readonly string[]): Promise<void> => change("add", addresses);

/** Restores addresses. Throws if one of them was not lost. */
export const restoreAddresses = (addresses: readonly string[]): Promise<void> => change("delete", addresses);

/** Restores all lost addresses, and removes the table in which a check drops traffic. */
export async function restoreAll(): Promise<void> {
  // The set does not exist until there is a VPC.
  await succeeds(["nft", `flush set ${table} lost`], { netns: vpc });
  await succeeds(["nft", "delete table ip broken"], { netns: vpc });
}
