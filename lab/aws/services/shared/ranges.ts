/** IPv4 ranges, as far as AWS's rules need them. */
import { containsCidr, overlapCidr, parseCidr } from "cidr-tools";
import { stringifyIp } from "ip-bigint";

export { containsCidr, overlapCidr };

/** Returns the address at position `index` of a range, counted from 0. */
export const addressAt = (cidr: string, index: number): string =>
  stringifyIp({ number: parseCidr(cidr).start + BigInt(index), version: 4 });

export const prefixLength = (cidr: string): number => Number(parseCidr(cidr).prefix);

/** Whether the host bits of a range are zero. */
export function isNetworkAddress(cidr: string): boolean {
  const { ip, start } = parseCidr(cidr);
  return stringifyIp({ number: start, version: 4 }) === ip;
}
