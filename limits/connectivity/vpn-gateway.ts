/** What AWS takes of a VPN gateway that several sites share. */
import { parseCidr } from "cidr-tools";
import { stringifyIp } from "ip-bigint";
import { overlap } from "../addresses.ts";
import { type Problem, problemIf } from "../problem.ts";

/** Why a VPC gets no VPN gateway of the stack's own. Source: https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html */
export function otherGatewayProblems(
  name: string,
  vpcId: string,
  other: string | undefined,
): readonly Problem[] {
  return problemIf(other !== undefined, {
    field: `${name}.vpnGatewayId`,
    value: "(missing)",
    rule: `must be ${other}, the VPN gateway of ${vpcId}: a VPC has one at most`,
    remedy: `set ${name}.vpnGatewayId to ${other}`,
  });
}

/** @param attachedTo the VPC of the gateway; empty if it has none, undefined if AWS does not know the gateway */
export function attachmentProblems(
  name: string,
  vpnGatewayId: string,
  vpcId: string,
  attachedTo: string | undefined,
): readonly Problem[] {
  const where =
    attachedTo === undefined
      ? "AWS knows none of this id"
      : attachedTo === ""
        ? "it is attached to none"
        : `it is attached to ${attachedTo}`;
  return problemIf(attachedTo !== vpcId, {
    field: `${name}.vpnGatewayId`,
    value: vpnGatewayId,
    rule: `must be the VPN gateway of ${vpcId}, and ${where}`,
    remedy: "correct it, or remove it so that the stack creates one",
  });
}

/** Why the VPC cannot tell two sites apart that have one VPN gateway. */
export function siteOverlapProblems(
  field: string,
  cidr: string,
  vpnGatewayId: string,
  connectionId: string | undefined,
  routes: readonly string[],
): readonly Problem[] {
  const clash = routes.find((route) => overlap(route, cidr));
  const whose = connectionId === undefined ? "other VPN connections" : connectionId;
  return problemIf(clash !== undefined, {
    field,
    value: cidr,
    rule: `must not overlap ${clash}, to which ${vpnGatewayId} has a route by ${whose}: the VPC could not tell the two sites apart`,
    remedy: "choose another range for one of the sites",
  });
}

/**
 * Returns what EC2's filters match with each range that overlaps this one: the ranges around it by name, those inside it by
 * the octets that they share, with `*` for the rest.
 *
 * @param cidr for example `192.168.0.0/23`: that and wider ones, and `192.168.0.*`, `192.168.1.*`
 */
export function overlappingRoutes(cidr: string): readonly string[] {
  const { start, prefix } = parseCidr(cidr);
  const bits = Number(prefix);
  const ipv4 = (number: bigint) => stringifyIp({ number, version: 4 });
  const around = Array.from({ length: bits + 1 }, (_, wider) => {
    const size = 1n << BigInt(32 - wider);
    return `${ipv4((start / size) * size)}/${wider}`;
  });
  // In whole octets: a /23 is two of three. EC2 takes 200 values for a filter.
  const octets = Math.ceil(bits / 8);
  const size = 1n << BigInt(32 - octets * 8);
  const inside = Array.from({ length: 1 << (octets * 8 - bits) }, (_, i) => {
    const first = ipv4(start + BigInt(i) * size);
    return octets === 4 ? `${first}/*` : [...first.split(".").slice(0, octets), "*"].join(".");
  });
  return [...around, ...inside];
}
