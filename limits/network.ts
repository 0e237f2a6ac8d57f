/** What AWS takes of a VPC, its subnets and its zones; and the ranges that this project gives to subnets. */
import { parseCidr } from "cidr-tools";
import { stringifyIp } from "ip-bigint";
import { contains, type NamedRange, overlap, prefixLength, rangeProblems } from "./addresses.ts";
import { neededBy, prefixFor, roomProblems, type ZoneTakers } from "./network/room.ts";
import { type Problem, problemIf, type RemedyText, repetitions, throwIfAny } from "./problem.ts";

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

/** A zone's subnet of each kind, as an error names it. */
const subnetKinds = ["private", "public"] as const;

/**
 * Why the subnets of a VPC do not hold what a stack puts into them. Of several zones, the one with the most is told.
 *
 * @param name of the VPC, as for `vpcProblems`
 * @param zones what each zone's subnets hold
 */
export function vpcRoomProblems(
  name: string,
  cidr: string,
  zones: Readonly<Record<string, ZoneTakers>>,
): readonly Problem[] {
  const ranges = zoneCidrs(name, cidr, Object.keys(zones));
  return subnetKinds.flatMap((kind) => {
    const [most] = Object.entries(zones).sort(([, a], [, b]) => neededBy(b[kind]) - neededBy(a[kind]));
    if (!most) return [];
    const [zone, takers] = most;
    const widest = Math.max(prefixFor(takers[kind]) - extraBits, 16);
    return roomProblems(
      { field: `${name}.cidr`, value: cidr },
      `give each ${kind} subnet`,
      ranges[zone]?.[kind] ?? cidr,
      takers[kind],
      `choose a range of /${widest} or wider, or remove some of them`,
    );
  });
}

/** The private blocks: AWS associates no range of one of them with a VPC whose first range is outside it. */
const privateBlocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** A VPC's ranges, unless AWS is asked for up to 50: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const mostRanges = 50;

/**
 * Why AWS would not associate more ranges with a VPC.
 *
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html, "IPv4 CIDR block association restrictions"
 *
 * @param name of the VPC, as for `vpcProblems`
 * @param cidr its first range
 */
export function secondaryRangesProblems(
  name: string,
  cidr: string,
  secondaryCidrs: readonly string[],
): readonly Problem[] {
  return [
    ...problemIf(secondaryCidrs.length >= mostRanges, {
      field: `${name}.secondaryCidrs`,
      value: `${secondaryCidrs.length} ranges`,
      rule: `must be at most ${mostRanges - 1}: a VPC has ${mostRanges} ranges`,
      remedy: "name wider ranges",
    }),
    ...secondaryCidrs.flatMap((range, i) => {
      const field = `${name}.secondaryCidrs.${i}`;
      const bits = prefixLength(range);
      const reason = restriction(cidr, [cidr, ...secondaryCidrs.filter((other) => other !== range)], range);
      return [
        ...rangeProblems(field, range),
        ...problemIf(bits < 16 || bits > 28, {
          field,
          value: range,
          rule: "must be from /16 to /28, as AWS associates no other",
          remedy: "choose for example a /24",
        }),
        ...problemIf(reason !== undefined, {
          field,
          value: range,
          rule: `must not be associated with a VPC of ${cidr}: ${reason}`,
          remedy: "choose another range, for example of 100.64.0.0/10",
        }),
      ];
    }),
  ];
}

/** Returns why AWS restricts the range; undefined where it does not. */
function restriction(cidr: string, others: readonly string[], range: string): string | undefined {
  const block = privateBlocks.find((block) => contains(block, range));
  if (contains("169.254.0.0/16", range)) return "169.254.0.0/16 is link-local";
  if (contains("198.19.0.0/16", range)) return "AWS keeps 198.19.0.0/16 for itself";
  if (block !== undefined && !contains(block, cidr)) return `AWS takes no range of ${block} beside it`;
  if (contains("10.0.0.0/16", range) && others.some((other) => contains("10.0.0.0/15", other)))
    return "AWS takes no range of 10.0.0.0/16 beside one of 10.0.0.0/15";
  if (contains("172.31.0.0/16", range)) return "AWS takes no range of 172.31.0.0/16 beside another one";
  return undefined;
}

/** Why ranges exclude each other: those of the site, and those of the VPC; each pair is named once. */
export function overlapProblems(site: readonly NamedRange[], vpc: readonly NamedRange[]): readonly Problem[] {
  return [
    ...site.flatMap((range) =>
      clashes(
        range,
        vpc,
        "no route could tell the site from the VPC",
        "choose another range for one of them",
      ),
    ),
    ...site.flatMap((range, i) =>
      clashes(range, site.slice(0, i), "the site has an address once", "remove one of them"),
    ),
    ...vpc.flatMap((range, i) =>
      clashes(range, vpc.slice(0, i), "the VPC has an address once", "choose another range"),
    ),
  ];
}

function clashes(
  { name, cidr }: NamedRange,
  others: readonly NamedRange[],
  reason: string,
  remedy: RemedyText,
): readonly Problem[] {
  return others.flatMap((other) =>
    problemIf(overlap(cidr, other.cidr), {
      field: name,
      value: cidr,
      rule: `must not overlap ${other.name} ${other.cidr}: ${reason}`,
      remedy,
    }),
  );
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html, "Inbound or outbound rules per security group" */
const mostGroupRules = 60;

/** Why a security group cannot have so many rules in one direction. */
export function groupRulesProblems(field: string, count: number): readonly Problem[] {
  return problemIf(count > mostGroupRules, {
    field,
    value: `${count} rules`,
    rule: `must need at most ${mostGroupRules} rules: a security group takes no more in one direction`,
    remedy: "name fewer ranges, wider ones",
  });
}

/** Why a VPC of a Region cannot have subnets in the zones. */
export function regionProblems(field: string, zones: readonly string[], region: string): readonly Problem[] {
  return zones
    .filter((zone) => regionOf(zone) !== region)
    .map((zone) => ({
      field,
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
