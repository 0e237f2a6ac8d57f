/** The lab's own addresses in the VPC: the links to the VPN endpoints, and one machine to test from. */
import { parseCidr } from "cidr-tools";
import { stringifyIp } from "ip-bigint";
import { vpcCidr } from "./topology.ts";

/** The address at a fraction (in 256ths) of the range, rounded down to the start of a /30, plus `offset`. */
function addressAt(cidr: string, fraction: number, offset: number): string {
  const { start, end } = parseCidr(cidr);
  const into = (((end - start + 1n) * BigInt(fraction)) / 256n) & ~3n;
  return stringifyIp({ number: start + into + BigInt(offset), version: 4 });
}

/**
 * The /30 between endpoint `n` and the VPC: 10.0.251.0/30 and 10.0.252.0/30 of 10.0.0.0/16. Inside the VPC's range,
 * because kernel-libipsec asks for a local address within the traffic selector.
 */
export const linkOf = (vpcCidr: string, n: number) => ({
  endpoint: addressAt(vpcCidr, 250 + n, 1),
  vpc: addressAt(vpcCidr, 250 + n, 2),
});

/** A machine that is always in the VPC, so that the checks can test from there: 10.0.240.4 of 10.0.0.0/16. */
export const clientOf = (vpcCidr: string) => addressAt(vpcCidr, 240, 4);

/** A machine in a further range of the VPC: 100.64.0.4 of 100.64.0.0/16. */
export const furtherClientOf = (range: string) => addressAt(range, 0, 4);

/** The VPC's own DNS resolver: its base address and two (Amazon VPC user guide, "DNS attributes"). */
export const resolverOf = (vpcCidr: string) => addressAt(vpcCidr, 0, 2);

/** The same for the VPC of stack `lab`. */
export const ec2Client = clientOf(vpcCidr);
