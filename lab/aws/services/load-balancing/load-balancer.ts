/** Elastic Load Balancing v2: load balancers. API reference: CreateLoadBalancer. */
import { z } from "zod";
import type { Account } from "../../account.ts";
import { AwsError, documented, reported } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { internetGateway } from "../network/internet-gateway.ts";
import { securityGroup } from "../network/security-group.ts";
import { subnet } from "../network/subnet.ts";
import { need } from "../shared/lookups.ts";
import { takeAddress } from "../shared/subnet-addresses.ts";

function addresses(aws: Account, subnets: readonly string[]): string[] {
  const taken = aws.addressesInUse();
  return subnets.map((id) => {
    const { inputs } = need(
      aws,
      subnet,
      id,
      new AwsError(
        "SubnetNotFound",
        `The subnet ID '${id}' does not exist`,
        documented("Elastic Load Balancing API, CreateLoadBalancer, errors: SubnetNotFound"),
      ),
    );
    return takeAddress(inputs.cidrBlock, taken);
  });
}

/**
 * Returns the load balancer's own addresses, one per subnet. Not an output in Pulumi's schema: the data plane needs
 * them.
 */
export const addressesOf = (outputs: Readonly<Record<string, unknown>>): string[] =>
  z.array(z.string()).catch([]).parse(outputs.simulatedAddresses);

const subnetsOf = (given: {
  subnets?: string[] | undefined;
  subnetMappings?: { subnetId: string }[] | undefined;
}) => given.subnets ?? given.subnetMappings?.map((m) => m.subnetId) ?? [];

export const loadBalancer = kind({
  type: "aws:lb/loadBalancer:LoadBalancer",
  api: ["Elastic Load Balancing v2", "LoadBalancer"],
  operations: { update: "ModifyLoadBalancerAttributes" },
  autoName: { property: "name", maxLength: 32 },
  inputs: z.strictObject({
    name: z
      .string()
      .max(32, "cannot be longer than 32 characters")
      .regex(/^(?!internal-)(?!-)[A-Za-z0-9-]+(?<!-)$/, "only alphanumeric characters and hyphens allowed"),
    internal: z.boolean().default(false),
    loadBalancerType: oneOf(["network", "application"]).default("application"),
    ipAddressType: oneOf(["ipv4"]).optional(),
    subnets: z.array(z.string()).optional(),
    subnetMappings: z
      .array(z.strictObject({ subnetId: z.string(), privateIpv4Address: z.string().optional() }))
      .optional(),
    securityGroups: z.array(z.string()).optional(),
    enableCrossZoneLoadBalancing: z.boolean().optional(),
    enableDeletionProtection: z.boolean().default(false),
    enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: oneOf(["on", "off"]).optional(),
    dropInvalidHeaderFields: z.boolean().optional(),
    desyncMitigationMode: z.string().optional(),
    dnsRecordClientRoutingPolicy: z.string().optional(),
    enableHttp2: z.boolean().optional(),
    idleTimeout: z.int().min(1).max(4000).optional(),
    preserveHostHeader: z.boolean().optional(),
    xffHeaderProcessingMode: z.string().optional(),
    tags,
    region,
  }),
  replaces: ["name", "internal", "loadBalancerType", "region"],
  holds: ["subnets", "subnetMappings", "securityGroups"],
  addresses: (outputs) => addressesOf(outputs),
  create: (aws, given) => {
    const { name, loadBalancerType: type, securityGroups = [], internal } = given;
    if (loadBalancer.all(aws).some((lb) => lb.inputs.name === name))
      throw new AwsError(
        "DuplicateLoadBalancerName",
        `A load balancer with the same name '${name}' exists, but with different settings`,
        reported("fortinet/fortigate-terraform-deploy#21"),
      );
    const ids = subnetsOf(given);
    const simulatedAddresses = addresses(aws, ids);
    const subnets = ids.map((id) => subnet.get(aws, id));
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
    if (zones.size < (type === "application" ? 2 : 1))
      throw new AwsError(
        "ValidationError",
        "At least two subnets in two different Availability Zones must be specified",
        reported("kasmtech/terraform#5"),
      );
    if (!internal && !internetGateway.all(aws).some((g) => g.inputs.vpcId === vpcId))
      throw new AwsError(
        "InvalidSubnet",
        `VPC ${vpcId} has no internet gateway`,
        reported("openshift/installer#1110"),
      );
    for (const id of securityGroups) {
      need(
        aws,
        securityGroup,
        id,
        new AwsError(
          "InvalidSecurityGroup",
          `The security group '${id}' does not exist`,
          documented("Elastic Load Balancing API, CreateLoadBalancer, errors: InvalidSecurityGroup"),
        ),
      );
    }
    const path = `${type === "network" ? "net" : "app"}/${name}/${aws.ids.hex(16)}`;
    const arn = aws.arn("elasticloadbalancing", `loadbalancer/${path}`);
    const dnsName =
      type === "network"
        ? `${name}-${path.slice(-16)}.elb.${aws.region}.amazonaws.com`
        : `${internal ? "internal-" : ""}${name}-${aws.ids.text(10, "123456789")}.${aws.region}.elb.amazonaws.com`;
    return {
      id: arn,
      outputs: {
        arn,
        arnSuffix: path,
        dnsName,
        vpcId,
        zoneId: type === "network" ? "Z26RNL4JYFTOTI" : "Z35SXDOTRQ7X7K",
        ipAddressType: "ipv4",
        subnets: ids,
        simulatedAddresses,
      },
    };
  },
  update: (aws, lb, given) => {
    const { securityGroups = [], loadBalancerType } = given;
    // NLB user guide, "Security groups": none at creation means none ever.
    if (loadBalancerType === "network" && !lb.inputs.securityGroups?.length && securityGroups.length > 0)
      throw new AwsError(
        "InvalidConfigurationRequest",
        "You cannot add a security group to a load balancer that was created without one. Specify the security groups when you create the load balancer.",
        documented("Elastic Load Balancing user guide, Network Load Balancers: Security groups"),
      );
    if (loadBalancerType === "network" && lb.inputs.securityGroups?.length && securityGroups.length === 0)
      throw new AwsError(
        "InvalidConfigurationRequest",
        "You must specify at least one security group for a load balancer that was created with security groups.",
        documented("Elastic Load Balancing user guide, Network Load Balancers: Security groups"),
      );
    const before = addressesOf(lb.outputs);
    const old = subnetsOf(lb.inputs);
    const kept = new Map(old.map((id, i) => [id, before[i]]));
    const fresh = addresses(aws, subnetsOf(given));
    const simulatedAddresses = subnetsOf(given).map((id, i) => kept.get(id) ?? fresh[i]);
    return { ...lb.outputs, subnets: subnetsOf(given), simulatedAddresses };
  },
  delete: (_, { inputs, id }) => {
    if (inputs.enableDeletionProtection)
      throw new AwsError(
        "OperationNotPermitted",
        `Load balancer '${id}' cannot be deleted because deletion protection is enabled`,
        documented("Elastic Load Balancing API, DeleteLoadBalancer, errors: OperationNotPermitted"),
      );
  },
});
