import * as pulumi from "@pulumi/pulumi";
import { normalizeCidr, parseCidr } from "cidr-tools";
import { stringifyIp } from "ip-bigint";
import { refusal } from "./errors.ts";

/** The two ranges that a zone has in a VPC, whether or not both are in use. */
export interface ZoneCidrs {
  readonly private: string;
  readonly public: string;
}

/** Letters a to h; no region has more zones than `f`. */
const zoneSlots = 8;

/** 8 zones, each with a private and a public subnet: 16 equal blocks. */
const extraBits = 4;

/**
 * Divides a VPC's range into 16 equal blocks, 10.0.0.0/16 into blocks of /20, and gives each zone two of them by the
 * letter of its name: the private subnets have the lower half of the VPC, the public ones the upper. A zone's ranges
 * depend on nothing but the VPC's range and its own name, so that adding or removing zones, changing their order and
 * turning on public subnets never move a subnet.
 *
 * Sources: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html (a VPC has /16 to /28),
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html (a subnet too).
 *
 * @param name the component's name, for errors
 * @param cidr the VPC's range, /16 to /24
 * @param zones names of availability zones, such as `us-east-1a`
 * @throws RunError when the range has bits outside its prefix or another size, or a zone is unknown or named twice
 */
export function zoneCidrs(name: string, cidr: string, zones: readonly string[]): Record<string, ZoneCidrs> {
  const { start, prefix } = parseCidr(cidr);
  const bits = Number(prefix);
  if (bits < 16 || bits > 24) {
    throw refusal(
      `${name}.cidr`,
      cidr,
      "must be from /16 to /24: a VPC has at most 65,536 addresses, and each of its 16 blocks at least 16",
      "choose for example 10.0.0.0/16",
    );
  }
  const normal = normalizeCidr(cidr);
  if (normal !== cidr) {
    throw refusal(`${name}.cidr`, cidr, "a range is named by its first address", `write ${normal}`);
  }
  const size = bits + extraBits;
  const block = (index: number) =>
    `${stringifyIp({ number: start + (BigInt(index) << BigInt(32 - size)), version: 4 })}/${size}`;
  const result: Record<string, ZoneCidrs> = {};
  for (const zone of zones) {
    const slot = zone.charCodeAt(zone.length - 1) - "a".charCodeAt(0);
    if (!(slot >= 0 && slot < zoneSlots)) {
      throw refusal(
        `${name}.zones`,
        zone,
        "must end in a letter from a to h",
        "choose zones such as us-east-1a",
      );
    }
    if (zone in result)
      throw refusal(`${name}.zones`, zone, "each zone is named once", "remove the repeated zone");
    result[zone] = { private: block(slot), public: block(zoneSlots + slot) };
  }
  const regions = [...new Set(zones.map(regionOf))];
  if (regions.length > 1) {
    throw refusal(`${name}.zones`, zones.join(", "), "must be of one region", "choose zones of one region");
  }
  return result;
}

/** The region of an availability zone: its name without the letter. */
export function regionOf(zone: string): string {
  return zone.slice(0, -1);
}

/**
 * The addresses of network interfaces in the order of their subnets' zones: AWS and its provider name them in any order.
 * In the preview of an update that adds a zone, the new zone's address is not among them yet.
 *
 * @param subnets by zone
 * @param interfaces the resource's own, in any order
 */
export function addressesByZone(
  subnets: Readonly<Record<string, { readonly id: pulumi.Input<string> }>>,
  interfaces: pulumi.Output<readonly { subnetId?: string | undefined; address?: string | undefined }[]>,
): pulumi.Output<readonly string[]> {
  const ids = pulumi.all(Object.values(subnets).map(({ id }) => id));
  return pulumi
    .all([ids, interfaces])
    .apply(([inOrder, all]) =>
      inOrder.flatMap((id) => all.find(({ subnetId }) => subnetId === id)?.address ?? []),
    );
}
