/** Private addresses of subnets: which are taken, and which AWS would give next. */
import { z } from "zod";
import type { Aws } from "../aws.ts";
import type { Properties } from "../kind.ts";
import { addressAt, containsCidr, prefixLength } from "./common.ts";

const at = (key: string, list: unknown): string[] =>
  z
    .array(z.record(z.string(), z.unknown()))
    .catch([])
    .parse(list)
    .flatMap((one) => (typeof one[key] === "string" ? [one[key]] : []));

/** Where each kind of resource that has network interfaces keeps their addresses. By type: kinds import this file. */
const holders: Readonly<Record<string, (outputs: Properties) => string[]>> = {
  "aws:lb/loadBalancer:LoadBalancer": (o) => z.array(z.string()).catch([]).parse(o.simulatedAddresses),
  "aws:ec2/natGateway:NatGateway": (o) => z.array(z.string()).catch([]).parse([o.privateIp]),
  "aws:ec2/vpcEndpoint:VpcEndpoint": (o) => at("ipv4", o.subnetConfigurations),
  "aws:route53/resolverEndpoint:ResolverEndpoint": (o) => at("ip", o.ipAddresses),
};

/** The addresses of all network interfaces, save those of the resource `except`. */
export const addressesInUse = (aws: Aws, except?: string): Set<string> =>
  new Set(
    Object.entries(holders).flatMap(([type, addresses]) =>
      aws
        .resources(type)
        .filter((r) => r.id !== except)
        .flatMap((r) => addresses(r.outputs)),
    ),
  );

/** AWS keeps the first four addresses of a subnet and the last: VPC user guide, "Subnet CIDR blocks". */
export const isUsable = (cidr: string, address: string): boolean =>
  containsCidr(cidr, address) &&
  ![0, 1, 2, 3, 2 ** (32 - prefixLength(cidr)) - 1].some((index) => addressAt(cidr, index) === address);

/** The first free address from the 16th of the range on, which is taken from then on: AWS takes any. */
export const takeAddress = (cidr: string, taken: Set<string>): string => {
  let index = Math.min(16, 2 ** (32 - prefixLength(cidr)) - 2);
  while (taken.has(addressAt(cidr, index))) index++;
  const address = addressAt(cidr, index);
  taken.add(address);
  return address;
};
