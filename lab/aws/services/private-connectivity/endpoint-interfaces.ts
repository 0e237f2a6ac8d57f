/** The network interfaces of an interface endpoint, one per subnet, and the names that lead to them. */
import { z } from "zod";
import type { Account, Properties } from "../../account.ts";
import { AwsError, documented, guessed, reported } from "../../errors.ts";
import { securityGroup } from "../network/security-group.ts";
import { subnet } from "../network/subnet.ts";
import { vpc } from "../network/vpc.ts";
import { need, text } from "../shared/lookups.ts";
import { isUsable, takeAddress } from "../shared/subnet-addresses.ts";
import { endpointDomain, privateNames, serviceZones } from "./endpoint-services.ts";

const interfaces = z.array(z.object({ subnetId: z.string(), ipv4: z.string() }));
export type EndpointInterface = z.output<typeof interfaces>[number];

/** Returns the interfaces of an existing endpoint; empty for a gateway. */
export const endpointInterfaces = (outputs: Properties): EndpointInterface[] =>
  interfaces.catch([]).parse(outputs.subnetConfigurations);

export interface InterfaceInputs {
  readonly vpcId: string;
  readonly serviceName: string;
  readonly subnetIds?: readonly string[] | undefined;
  readonly subnetConfigurations?: readonly { subnetId: string; ipv4?: string | undefined }[] | undefined;
  readonly securityGroupIds?: readonly string[] | undefined;
  readonly privateDnsEnabled: boolean;
}

/** Returns the outputs of an endpoint in its subnets. Interfaces that exist already (`before`) keep their addresses. */
export function placeInterfaces(
  aws: Account,
  service: string,
  id: string,
  given: InterfaceInputs,
  before: Properties = {},
): Properties {
  const subnetIds = subnetsOf(aws, service, given);
  checkGroups(aws, given);
  const had = endpointInterfaces(before);
  const hadIds = z.record(z.string(), z.string()).catch({}).parse(before.simulatedInterfaceIds);
  const placed = subnetIds.map((subnetId) => {
    const taken = aws.addressesInUse(subnetId, id);
    const old = had.find((i) => i.subnetId === subnetId)?.ipv4;
    const wanted = given.subnetConfigurations?.find((c) => c.subnetId === subnetId)?.ipv4;
    const cidr = subnet.get(aws, subnetId)?.inputs.cidrBlock ?? "";
    if (wanted !== undefined && wanted !== old) checkWanted(cidr, wanted, taken);
    return { subnetId, ipv4: wanted ?? old ?? anyAddress(cidr, taken) };
  });
  const ids = Object.fromEntries(
    placed.map(({ subnetId }) => [subnetId, hadIds[subnetId] ?? aws.ids.resource("eni")]),
  );
  return {
    // A set on AWS and in the provider, which promises no order: returned in a different one from the inputs'.
    subnetConfigurations: placed.toReversed(),
    subnetIds: subnetIds.toReversed(),
    networkInterfaceIds: Object.values(ids).toSorted(),
    simulatedInterfaceIds: ids,
    securityGroupIds: given.securityGroupIds ?? [text(vpc.get(aws, given.vpcId), "defaultSecurityGroupId")],
    dnsEntries: dnsEntries(aws, service, id, given, subnetIds),
    ipAddressType: "ipv4",
  };
}

function anyAddress(cidr: string, taken: Set<string>): string {
  const address = takeAddress(cidr, taken);
  if (address === undefined)
    throw new AwsError(
      "InsufficientFreeAddressesInSubnet",
      "The specified subnet does not have enough free addresses to satisfy the request.",
      reported("aws/amazon-vpc-cni-k8s#1773, for CreateNetworkInterface"),
    );
  return address;
}

function checkWanted(cidr: string, address: string, taken: ReadonlySet<string>): void {
  if (!isUsable(cidr, address))
    throw new AwsError(
      "InvalidParameter",
      `Address ${address} is not a valid address of the subnet ${cidr}`,
      guessed,
    );
  if (taken.has(address))
    throw new AwsError(
      "InvalidIPAddress.InUse",
      `Address ${address} is in use.`,
      documented("Amazon EC2 API, error codes: InvalidIPAddress.InUse"),
    );
}

function subnetsOf(aws: Account, service: string, given: InterfaceInputs): readonly string[] {
  const { subnetIds = [], vpcId, serviceName } = given;
  const zones = new Set<string>();
  for (const id of subnetIds) {
    const one = need(
      aws,
      subnet,
      id,
      new AwsError(
        "InvalidSubnetId.NotFound",
        `The Subnet Id ${id} does not exist`,
        documented("Amazon EC2 API, error codes: InvalidSubnetId.NotFound"),
      ),
    );
    if (one.inputs.vpcId !== vpcId)
      throw new AwsError("InvalidParameter", `The subnet ${id} does not belong to the VPC ${vpcId}`, guessed);
    const zone = text(one, "availabilityZone");
    // Sentence: terraform-aws-modules/terraform-aws-vpc#785.
    if (!serviceZones(aws, service).includes(zone))
      throw new AwsError(
        "InvalidParameter",
        `The VPC endpoint service ${serviceName} does not support the availability zone of the subnet: ${id}.`,
        reported("terraform-aws-modules/terraform-aws-vpc#785"),
      );
    if (zones.has(zone))
      throw new AwsError(
        "DuplicateSubnetsInSameZone",
        `Found another VPC endpoint subnet in the availability zone of ${id}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
        reported("terraform-aws-modules/terraform-aws-vpc#583"),
      );
    zones.add(zone);
  }
  for (const { subnetId } of given.subnetConfigurations ?? [])
    if (!subnetIds.includes(subnetId))
      throw new AwsError(
        "InvalidParameter",
        `The subnet configuration of ${subnetId} has no such subnet in the request.`,
        guessed,
      );
  return subnetIds;
}

function checkGroups(aws: Account, { securityGroupIds = [], vpcId }: InterfaceInputs): void {
  for (const id of securityGroupIds) {
    const isDefault = text(vpc.get(aws, vpcId), "defaultSecurityGroupId") === id;
    if (!isDefault && securityGroup.get(aws, id)?.inputs.vpcId !== vpcId)
      throw new AwsError(
        "InvalidGroup.NotFound",
        `The security group '${id}' does not exist in VPC '${vpcId}'`,
        documented("Amazon EC2 API, error codes: InvalidGroup.NotFound"),
      );
  }
}

/** Returns the Region's names, then each zone's, then the private ones, as DescribeVpcEndpoints lists them. */
function dnsEntries(
  aws: Account,
  service: string,
  id: string,
  { privateDnsEnabled }: InterfaceInputs,
  subnetIds: readonly string[],
) {
  const own = endpointDomain(aws, service);
  const zones = subnetIds.map((s) => text(subnet.get(aws, s), "availabilityZone"));
  const label = `${id}-${id.slice(-8)}`;
  return [
    ...[label, ...zones.map((zone) => `${label}-${zone}`)].map((host) => ({
      dnsName: `${host}.${own}`,
      hostedZoneId: "Z7HUB22UULQXV",
    })),
    ...(privateDnsEnabled ? privateNames(aws, service) : []).map((dnsName) => ({
      dnsName,
      hostedZoneId: `Z0${id.slice(-17).toUpperCase()}`,
    })),
  ];
}
