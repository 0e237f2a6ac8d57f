/** Elastic Load Balancing v2: load balancers. API reference: CreateLoadBalancer. */
import { z } from "zod";
import { AwsError, documented, reported } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { keyValue, retagged } from "../../requests/tags.ts";
import { internetGateway } from "../network/internet-gateway.ts";
import { filters } from "../shared/filters.ts";
import { checkAccessLogs } from "./access-logs.ts";
import { attributes } from "./attributes.ts";
import { checkGroups, checkSubnets, replacedByPlan, subnetsOf, takeAddresses } from "./placement.ts";

/**
 * Returns the load balancer's own addresses, one per subnet. Not an output in Pulumi's schema: the data plane needs
 * them.
 */
export const addressesOf = (outputs: Readonly<Record<string, unknown>>): string[] =>
  z.array(z.string()).catch([]).parse(outputs.simulatedAddresses);

const inputs = z.strictObject({
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
  accessLogs: z
    .strictObject({
      bucket: z.string(),
      enabled: z.boolean().default(false),
      prefix: z.string().optional(),
    })
    .optional(),
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
});
type Inputs = z.output<typeof inputs>;

const mappings = ({ subnetMappings }: Inputs) =>
  subnetMappings?.map((m) => ({ SubnetId: m.subnetId, PrivateIPv4Address: m.privateIpv4Address }));

const groups = (given: Inputs, { id }: { id: string }) => ({
  LoadBalancerArn: id,
  SecurityGroups: given.securityGroups ?? [],
  EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic:
    given.loadBalancerType === "network"
      ? given.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic
      : undefined,
});

const modified = (given: Inputs, { id }: { id: string }) => ({
  LoadBalancerArn: id,
  Attributes: attributes({
    "access_logs.s3.enabled": given.accessLogs?.enabled ?? false,
    ...(given.accessLogs?.enabled
      ? { "access_logs.s3.bucket": given.accessLogs.bucket, "access_logs.s3.prefix": given.accessLogs.prefix }
      : {}),
    "deletion_protection.enabled": given.enableDeletionProtection,
    "load_balancing.cross_zone.enabled": given.enableCrossZoneLoadBalancing,
    ...(given.loadBalancerType === "network"
      ? { "dns_record.client_routing_policy": given.dnsRecordClientRoutingPolicy }
      : {
          "connection_logs.s3.enabled": false,
          "idle_timeout.timeout_seconds": given.idleTimeout,
          "routing.http.desync_mitigation_mode": given.desyncMitigationMode,
          "routing.http.drop_invalid_header_fields.enabled": given.dropInvalidHeaderFields,
          "routing.http.preserve_host_header.enabled": given.preserveHostHeader,
          "routing.http.xff_header_processing.mode": given.xffHeaderProcessingMode,
          "routing.http2.enabled": given.enableHttp2,
        }),
  }),
});

/** `suppressIfLBType` of terraform-provider-aws. */
const attributesOfTheOther = {
  application: [
    "dnsRecordClientRoutingPolicy",
    "enableCrossZoneLoadBalancing",
    "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
  ],
  network: [
    "desyncMitigationMode",
    "dropInvalidHeaderFields",
    "enableHttp2",
    "idleTimeout",
    "preserveHostHeader",
    "xffHeaderProcessingMode",
  ],
} as const;

export const loadBalancer = kind({
  type: "aws:lb/loadBalancer:LoadBalancer",
  api: ["Elastic Load Balancing v2", "LoadBalancer"],
  operations: { update: "ModifyLoadBalancerAttributes" },
  autoName: { property: "name", maxLength: 32 },
  inputs,
  replaces: ["name", "internal", "loadBalancerType", "region"],
  ignoresRemoval: ["accessLogs"],
  alsoReplaces: replacedByPlan,
  ignores: ({ loadBalancerType }) =>
    attributesOfTheOther[loadBalancerType === "network" ? "network" : "application"],
  sets: ["subnets", "subnetMappings", "securityGroups"],
  holds: ["subnets", "subnetMappings", "securityGroups"],
  interfaces: ({ inputs, outputs }) => {
    const addresses = addressesOf(outputs);
    return subnetsOf(inputs).map((subnetId, i) => ({ subnetId, address: addresses[i] ?? "" }));
  },
  requests: {
    create: {
      DescribeLoadBalancers: ({ name }) => ({ Names: [name] }),
      CreateLoadBalancer: (given) => ({
        Name: given.name,
        Type: given.loadBalancerType,
        Scheme: given.internal ? "internal" : undefined,
        IpAddressType: given.ipAddressType,
        SecurityGroups: given.securityGroups,
        SubnetMappings: mappings(given),
        Subnets: given.subnets,
        Tags: keyValue(given.tags),
      }),
      ModifyLoadBalancerAttributes: modified,
      SetSecurityGroups: (given, made) =>
        given.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic === undefined
          ? undefined
          : groups(given, made),
    },
    read: {
      DescribeLoadBalancers: (_, { id }) => ({ LoadBalancerArns: [id] }),
      DescribeLoadBalancerAttributes: (_, { id }) => ({ LoadBalancerArn: id }),
      DescribeCapacityReservation: (_, { id }) => ({ LoadBalancerArn: id }),
      DescribeTags: (_, { id }) => ({ ResourceArns: [id] }),
    },
    update: {
      ModifyLoadBalancerAttributes: modified,
      SetSecurityGroups: groups,
      SetSubnets: (given, { id }) => ({
        LoadBalancerArn: id,
        SubnetMappings: mappings(given),
        Subnets: given.subnets,
      }),
      SetIpAddressType: ({ ipAddressType }, { id }, before) =>
        ipAddressType === before.ipAddressType
          ? undefined
          : { LoadBalancerArn: id, IpAddressType: ipAddressType ?? "ipv4" },
      ...retagged.elb,
    },
    delete: {
      DeleteLoadBalancer: (_, { id }) => ({ LoadBalancerArn: id }),
      "EC2: DescribeNetworkInterfaces": (_, { outputs }) => ({
        Filters: filters({ description: `ELB ${outputs.arnSuffix}` }),
      }),
    },
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
  afterCreate: {
    operation: "ModifyLoadBalancerAttributes",
    inputs: ["accessLogs"],
    check: checkAccessLogs,
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
    checkAccessLogs(aws, given);
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
