/** What AWS takes of a VPC, its subnets and its zones; and the ranges that this project gives to subnets. */
import { parseCidr } from "cidr-tools";
import { stringifyIp } from "ip-bigint";
import { prefixLength, rangeProblems } from "./addresses.ts";
import { type Problem, problemIf, repetitions, throwIfAny } from "./problem.ts";

/** The two ranges of a zone in a VPC, whether or not both are in use. */
export interface ZoneCidrs {
  readonly private: string;
  readonly public: string;
}

/** Letters a to h; no Region has a zone after `f`. */
const zoneSlots = 8;

/** 8 zones, each with a private and a public subnet: 16 equal blocks. */
const extraBits = 4;

/**
 * Divides a VPC's range into 16 equal blocks, 10.0.0.0/16 into blocks of /20, and gives each zone two of them by the
 * letter of its name: the private subnets have the lower half of the VPC, the public ones the upper. A zone's ranges
 * depend only on the VPC's range and its own name, so that adding or removing zones, changing their order and
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
  const regions = [...new Set(zones.map(regionOf))];
  throwIfAny([
    ...vpcProblems(name, cidr, zones),
    ...problemIf(regions.length > 1, {
      field: `${name}.zones`,
      value: zones.join(", "),
      rule: "must be of one Region",
      remedy: "choose zones of one Region",
    }),
  ]);
  const { start } = parseCidr(cidr);
  const size = prefixLength(cidr) + extraBits;
  const block = (index: number) =>
    `${stringifyIp({ number: start + (BigInt(index) << BigInt(32 - size)), version: 4 })}/${size}`;
  return Object.fromEntries(
    zones.map((zone) => [zone, { private: block(slotOf(zone)), public: block(zoneSlots + slotOf(zone)) }]),
  );
}

/** Why a VPC cannot have the range, or subnets in the zones. */
export function vpcProblems(name: string, cidr: string, zones: readonly string[]): readonly Problem[] {
  const bits = prefixLength(cidr);
  return [
    ...rangeProblems(`${name}.cidr`, cidr),
    ...problemIf(bits < 16 || bits > 24, {
      field: `${name}.cidr`,
      value: cidr,
      rule: "must be from /16 to /24: a VPC has at most 65,536 addresses, and each of its 16 blocks at least 16",
      remedy: "choose for example 10.0.0.0/16",
    }),
    ...zones.flatMap((zone) =>
      problemIf(!(slotOf(zone) >= 0 && slotOf(zone) < zoneSlots), {
        field: `${name}.zones`,
        value: zone,
        rule: "must end in a letter from a to h",
        remedy: "choose zones such as us-east-1a",
      }),
    ),
    ...repetitions(`${name}.zones`, zones),
  ];
}

/** Why a VPC of a Region cannot have subnets in the zones. */
export function regionProblems(name: string, zones: readonly string[], region: string): readonly Problem[] {
  return zones
    .filter((zone) => regionOf(zone) !== region)
    .map((zone) => ({
      field: `${name}.zones`,
      value: zone,
      rule: `must be a zone of the Region ${region} (aws:region)`,
      remedy: `choose zones such as ${region}a, or another aws:region`,
    }));
}

/** Why a VPC cannot have NAT gateways. */
export function natProblems(
  name: string,
  {
    natGateways = "none",
    publicSubnets = false,
  }: { natGateways?: string | undefined; publicSubnets?: boolean | undefined },
): readonly Problem[] {
  return problemIf(natGateways !== "none" && !publicSubnets, {
    field: `${name}.natGateways`,
    value: natGateways,
    rule: "must be none while publicSubnets is false: a NAT gateway needs a public subnet",
    remedy: `set ${name}.publicSubnets to true, or natGateways to none`,
  });
}

const slotOf = (zone: string) => zone.charCodeAt(zone.length - 1) - "a".charCodeAt(0);

/** Returns the Region of an availability zone: its name without the letter. */
export function regionOf(zone: string): string {
  return zone.slice(0, -1);
}

/** Every node has it, on its own bridge: https://docs.docker.com/engine/network/drivers/bridge/ */
export const dockerBridge = "172.17.0.0/16";
