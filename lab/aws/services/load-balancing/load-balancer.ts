/** Elastic Load Balancing v2: load balancers. API reference: CreateLoadBalancer. */
import { z } from "zod";
import { AwsError, documented, reported } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { internetGateway } from "../network/internet-gateway.ts";
import { checkGroups, checkSubnets, replacedByPlan, subnetsOf, takeAddresses } from "./placement.ts";

/**
 * Returns the load balancer's own addresses, one per subnet. Not an output in Pulumi's schema: the data plane needs
 * them.
 */
export const addressesOf = (outputs: Readonly<Record<string, unknown>>): string[] =>
  z.array(z.string()).catch([]).parse(outputs.simulatedAddresses);

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
  alsoReplaces: replacedByPlan,
  sets: ["subnets", "subnetMappings", "securityGroups"],
  holds: ["subnets", "subnetMappings", "securityGroups"],
  interfaces: ({ inputs, outputs }) => {
    const addresses = addressesOf(outputs);
    return subnetsOf(inputs).map((subnetId, i) => ({ subnetId, address: addresses[i] ?? "" }));
  },
  create: (aws, given) => {
    const { name, loadBalancerType: type, internal } = given;
    if (loadBalancer.all(aws).some((lb) => lb.inputs.name === name))
      throw new AwsError(
        "DuplicateLoadBalancerName",
        `A load balancer with the same name '${name}' exists, but with different settings`,
        reported("fortinet/fortigate-terraform-deploy#21"),
      );
    const simulatedAddresses = takeAddresses(aws, given);
    const vpcId = checkSubnets(aws, given);
    if (!internal && !internetGateway.all(aws).some((g) => g.inputs.vpcId === vpcId))
      throw new AwsError(
        "InvalidSubnet",
        `VPC ${vpcId} has no internet gateway`,
        reported("openshift/installer#1110"),
      );
    checkGroups(aws, given, vpcId);
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
        subnets: subnetsOf(given),
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
    const had = addressesOf(lb.outputs);
    const before = new Map(subnetsOf(lb.inputs).map((id, i) => [id, had[i] ?? ""]));
    const simulatedAddresses = takeAddresses(aws, given, before);
    const vpcId = checkSubnets(aws, given);
    if (vpcId !== lb.outputs.vpcId)
      throw new AwsError(
        "InvalidConfigurationRequest",
        `The subnets must belong to the VPC of the load balancer, ${lb.outputs.vpcId}`,
        documented("Elastic Load Balancing API, SetSubnets, errors: InvalidConfigurationRequest"),
      );
    checkGroups(aws, given, vpcId);
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
