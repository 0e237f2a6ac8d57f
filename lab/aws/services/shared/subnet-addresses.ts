/** Private addresses in subnets: which ones a resource may have, and which one AWS would assign next. */
import { addressAt, containsCidr, prefixLength } from "./ranges.ts";

/** AWS reserves the first four addresses of a subnet and the last: VPC user guide, "Subnet CIDR blocks". */
export const isUsable = (cidr: string, address: string): boolean =>
  containsCidr(cidr, address) &&
  ![0, 1, 2, 3, 2 ** (32 - prefixLength(cidr)) - 1].some((index) => addressAt(cidr, index) === address);

/** Takes the first free address from the range's 16th on. AWS takes any. */
export function takeAddress(cidr: string, taken: Set<string>): string {
  let index = Math.min(16, 2 ** (32 - prefixLength(cidr)) - 2);
  while (taken.has(addressAt(cidr, index))) index++;
  const address = addressAt(cidr, index);
  taken.add(address);
  return address;
}
