import { isIPv4 } from "node:net";
import { containsCidr, normalizeCidr, overlapCidr, parseCidr } from "cidr-tools";
import { stringifyIp } from "ip-bigint";
import { type Problem, problemIf } from "./problem.ts";

/** The form of an IPv4 range, for a value that ends in a file which a daemon or a shell reads. */
export const ipv4Range = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;

/** Whether an address or a range lies wholly inside a range. */
export function contains(range: string, inner: string): boolean {
  return containsCidr([range], [inner]);
}

/** Returns the one of several ranges that an address lies in. */
export function rangeOf(ranges: readonly string[], address: string): string | undefined {
  return isIPv4(address) ? ranges.find((range) => contains(range, address)) : undefined;
}

/** Whether two ranges have an address in common. */
export function overlap(a: string, b: string): boolean {
  return overlapCidr([a], [b]);
}

/** A range, and what its user knows it as. */
export interface NamedRange {
  /** For example `site.cidr`. */
  readonly name: string;
  readonly cidr: string;
}

/** Returns the smallest range that contains all of these: 192.168.0.0/22 for 192.168.1.0/24 and 192.168.2.0/24. */
export function smallestCover(ranges: readonly string[]): string {
  const parsed = ranges.map(parseCidr);
  const first = parsed.reduce((low, { start }) => (start < low ? start : low), parsed[0]?.start ?? 0n);
  const last = parsed.reduce((high, { end }) => (end > high ? end : high), 0n);
  const hostBits = (first ^ last).toString(2).replace(/^0$/, "").length;
  return normalizeCidr(`${stringifyIp({ number: first, version: 4 })}/${32 - hostBits}`);
}

/** Bits of the prefix: 16 for 10.0.0.0/16. */
export function prefixLength(range: string): number {
  return Number(parseCidr(range).prefix);
}

/** Returns the range by its first address: 10.0.0.0/16 for 10.0.3.7/16. */
export function canonical(range: string): string {
  return normalizeCidr(range);
}

/** Ranges that are never routed on the internet (RFC 1918, RFC 6598). */
export const privateRanges = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"];

/** Whether an address, or all of a range, is in one of them. */
export function isPrivate(address: string): boolean {
  return privateRanges.some((range) => contains(range, address));
}

/** Why AWS would not take the name of a range: it names a range by its first address. */
export function rangeProblems(field: string, range: string): readonly Problem[] {
  return problemIf(canonical(range) !== range, {
    field,
    value: range,
    rule: "must be named by its first address",
    remedy: `write ${canonical(range)}`,
  });
}
