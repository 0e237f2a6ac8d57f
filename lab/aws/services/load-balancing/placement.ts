/** Elastic Load Balancing v2: where a load balancer is. API reference: CreateLoadBalancer, SetSubnets, SetSecurityGroups. */
import type { Account, Properties } from "../../account.ts";
import { AwsError, documented, reported } from "../../errors.ts";
import { securityGroup } from "../network/security-group.ts";
import { subnet } from "../network/subnet.ts";
import { need } from "../shared/lookups.ts";
import { prefixLength } from "../shared/ranges.ts";
import { freeAddresses, takeAddress } from "../shared/subnet-addresses.ts";

/** The inputs that say where a load balancer is. */
export interface Placement {
  readonly internal: boolean;
  readonly loadBalancerType: "network" | "application";
  readonly subnets?: readonly string[] | undefined;
  readonly subnetMappings?:
    | readonly { readonly subnetId: string; readonly privateIpv4Address?: string | undefined }[]
    | undefined;
  readonly securityGroups?: readonly string[] | undefined;
}

export const subnetsOf = (given: Placement) =>
  given.subnets ?? given.subnetMappings?.map((m) => m.subnetId) ?? [];

/** Refuses subnets of several VPCs or of one zone, and security groups of another VPC. Returns the VPC. */
export function checkSubnets(aws: Account, given: Placement): string {
  const subnets = subnetsOf(given).map((id) => subnet.get(aws, id));
  const zones = new Set(subnets.map((s) => s?.outputs.availabilityZone));
  const vpcId = subnets[0]?.inputs.vpcId ?? "";
  if (subnets.some((s) => s?.inputs.vpcId !== vpcId))
    throw new AwsError(
      "InvalidConfigurationRequest",
      "All subnets must belong to the same VPC",
      documented("Elastic Load Balancing API, CreateLoadBalancer, errors: InvalidConfigurationRequest"),
    );
  if (zones.size < subnets.length)
    throw new AwsError(
      "InvalidConfigurationRequest",
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
      reported("robertdebock/terraform-aws-vault#5"),
    );
  if (zones.size < (given.loadBalancerType === "application" ? 2 : 1))
    throw new AwsError(
      "ValidationError",
      "At least two subnets in two different Availability Zones must be specified",
      reported("kasmtech/terraform#5"),
    );
  return vpcId;
}

export function checkGroups(aws: Account, { securityGroups = [] }: Placement, vpcId: string): void {
  for (const id of securityGroups) {
    const group = need(
      aws,
      securityGroup,
      id,
      new AwsError(
        "InvalidSecurityGroup",
        `The security group '${id}' does not exist`,
        documented("Elastic Load Balancing API, CreateLoadBalancer, errors: InvalidSecurityGroup"),
      ),
    );
    if (group.inputs.vpcId !== vpcId)
      throw new AwsError(
        "InvalidConfigurationRequest",
        `Security group "${id}" does not belong to VPC "${vpcId}"`,
        reported("hashicorp/terraform#30261, for a Classic Load Balancer"),
      );
  }
}

/** `CustomizeDiff` of terraform-provider-aws, internal/service/elbv2/load_balancer.go. */
export function replacedByPlan(before: Properties, after: Properties) {
  if (after.loadBalancerType !== "network") return [];
  const count = (value: unknown) => (Array.isArray(value) ? value.length : 0);
  // In place, a network load balancer only gains subnets, and never gains or loses its first security group.
  const removed = (["subnets", "subnetMappings"] as const).filter(
    (key) => before[key] !== undefined && count(after[key]) <= count(before[key]),
  );
  const [had, has] = [count(before.securityGroups) > 0, count(after.securityGroups) > 0];
  return [...removed, ...(had === has ? [] : (["securityGroups"] as const))];
}

/**
 * Returns an address in each new subnet, and those that a load balancer had (`before`).
 *
 * An application load balancer needs subnets of /27. Both kinds need eight free addresses, unless an internal network load
 * balancer is told which one to take.
 */
export function takeAddresses(
  aws: Account,
  given: Placement,
  before: ReadonlyMap<string, string> = new Map(),
): string[] {
  return subnetsOf(given).map((id) => {
    const { cidrBlock } = need(
      aws,
      subnet,
      id,
      new AwsError(
        "SubnetNotFound",
        `The subnet ID '${id}' does not exist`,
        documented("Elastic Load Balancing API, CreateLoadBalancer, errors: SubnetNotFound"),
      ),
    ).inputs;
    const had = before.get(id);
    if (had !== undefined) return had;
    const taken = aws.addressesInUse(id);
    const wanted = given.internal
      ? given.subnetMappings?.find((m) => m.subnetId === id)?.privateIpv4Address
      : undefined;
    if (given.loadBalancerType === "application" && prefixLength(cidrBlock) > 27)
      throw new AwsError(
        "InvalidSubnet",
        `The subnet '${id}' has the range ${cidrBlock}, and a load balancer needs a subnet of at least /27`,
        documented(
          "Elastic Load Balancing user guide, Application Load Balancers: Subnets for your load balancer",
        ),
      );
    if (wanted === undefined && freeAddresses(cidrBlock, taken) < freeNeeded)
      throw new AwsError(
        "InvalidSubnet",
        `Not enough IP space available in ${id}. ELB requires at least ${freeNeeded} free IP addresses in each subnet.`,
        reported("kubernetes-sigs/aws-load-balancer-controller#1233"),
      );
    return wanted ?? takeAddress(cidrBlock, taken) ?? "";
  });
}

/** Application Load Balancers: "Subnets for your load balancer"; Network Load Balancers: "Availability Zones". */
const freeNeeded = 8;
