/** Private addresses in subnets: which ones a resource may have, and which one AWS would assign next. */
import { addressAt, containsCidr, prefixLength } from "./ranges.ts";

/** AWS reserves the first four addresses of a subnet and the last: VPC user guide, "Subnet CIDR blocks". */
const reserved = { first: 4, last: 1 };

const sizeOf = (cidr: string): number => 2 ** (32 - prefixLength(cidr));

export const isUsable = (cidr: string, address: string): boolean =>
  containsCidr(cidr, address) &&
  ![0, 1, 2, 3, sizeOf(cidr) - 1].some((index) => addressAt(cidr, index) === address);

/** Returns how many addresses of a subnet are free. */
export const freeAddresses = (cidr: string, taken: ReadonlySet<string>): number =>
  sizeOf(cidr) - reserved.first - reserved.last - taken.size;

/**
 * Takes the first free address from the range's 16th on, then of those before it. AWS takes any.
 *
 * @returns undefined in a full subnet
 */
export function takeAddress(cidr: string, taken: Set<string>): string | undefined {
  const end = sizeOf(cidr) - reserved.last;
  const start = Math.min(16, end);
  for (let step = 0; step < end - reserved.first; step++) {
    const index = start + step < end ? start + step : reserved.first + start + step - end;
    const address = addressAt(cidr, index);
    if (!taken.has(address)) {
      taken.add(address);
      return address;
    }
  }
  return undefined;
}
