import { containsCidr, parseCidr } from "cidr-tools";
import { stringifyIp } from "ip-bigint";
import type { AccessRule } from "./access-group.ts";
import { refusal } from "./errors.ts";

/** Rules that let DNS through, by UDP and by TCP, which long answers need. */
export function dns(direction: "from" | "to", whom: string, cidr: string): readonly AccessRule[] {
  return (["udp", "tcp"] as const).map((protocol) => ({
    role: `${protocol}-${direction}-${whom}`,
    direction,
    cidr,
    protocol,
    port: 53,
  }));
}

/**
 * A resolver has two addresses or more, and we put each into a zone of its own.
 *
 * Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/best-practices-resolver-endpoint-high-availability.html
 *
 * @throws RunError when there is one zone only
 */
export function checkResolverZones(field: string, zones: readonly string[]): void {
  if (zones.length >= 2) return;
  throw refusal(
    field,
    zones.join(", ") || "(none)",
    "a resolver has addresses in two zones at least: AWS takes no single one",
    "add a zone",
  );
}

/**
 * Fixed addresses of a resolver, each against the subnet of its zone.
 *
 * Sources: https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_IpAddressRequest.html,
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html (five addresses of a subnet are AWS's own)
 *
 * @param addresses by zone
 * @param subnets by zone
 * @throws RunError when AWS would not give one of them
 */
export function checkResolverAddresses(
  field: string,
  addresses: Readonly<Record<string, string>>,
  subnets: Readonly<Record<string, { readonly cidr: string }>>,
): void {
  checkResolverZones(field, Object.keys(addresses));
  for (const [zone, address] of Object.entries(addresses)) {
    const own = `${field}.${zone}`;
    const cidr = subnets[zone]?.cidr;
    if (cidr === undefined) {
      throw refusal(
        own,
        address,
        `the VPC has no subnet there, only in ${Object.keys(subnets).join(", ")}`,
        "choose one of these zones",
      );
    }
    const [first, last] = usable(cidr);
    const remedy = `choose one from ${first} to ${last}`;
    const holder = Object.keys(subnets).find((other) => containsCidr(subnets[other]?.cidr ?? [], address));
    if (holder !== zone) {
      const where = holder === undefined ? "lies in no subnet" : `lies in the subnet of ${holder}`;
      throw refusal(own, address, `${where}; that of ${zone} is ${cidr}`, remedy);
    }
    const { start, end } = parseCidr(cidr);
    const number = parseCidr(`${address}/32`).start;
    if (number < start + 4n || number === end) {
      throw refusal(own, address, `AWS keeps the first four addresses of ${cidr} and the last`, remedy);
    }
  }
}

/** The first and the last address of a subnet that AWS gives. */
function usable(cidr: string): readonly [first: string, last: string] {
  const { start, end } = parseCidr(cidr);
  return [stringifyIp({ number: start + 4n, version: 4 }), stringifyIp({ number: end - 1n, version: 4 })];
}
