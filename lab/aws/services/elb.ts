/** Elastic Load Balancing v2: load balancers and listeners. API reference: CreateLoadBalancer, CreateListener. */
import { z } from "zod";
import type { Aws } from "../aws.ts";
import { AwsError } from "../errors.ts";
import { kind, oneOf, region, tags } from "../kind.ts";
import { addressesInUse, takeAddress } from "./addresses.ts";
import { need } from "./common.ts";
import { internetGateway } from "./routing.ts";
import { securityGroup } from "./security-groups.ts";
import { targetGroup } from "./target-groups.ts";
import { subnet } from "./vpc.ts";

const listenerType = "aws:lb/listener:Listener";

const addresses = (aws: Aws, subnets: readonly string[]): string[] => {
  const taken = addressesInUse(aws);
  return subnets.map((id) => {
    const { inputs } = need(aws, subnet, id, "SubnetNotFound", `The subnet ID '${id}' does not exist`);
    return takeAddress(inputs.cidrBlock, taken);
  });
};

/** The load balancer's own addresses, one a subnet. Not an output of Pulumi's schema: the data plane needs them. */
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
  create: (aws, given) => {
    const { name, loadBalancerType: type, securityGroups = [], internal } = given;
    if (loadBalancer.all(aws).some((lb) => lb.inputs.name === name))
      throw new AwsError(
        "DuplicateLoadBalancerName",
        `A load balancer with the same name '${name}' exists, but with different settings`,
      );
    const ids = subnetsOf(given);
    const simulatedAddresses = addresses(aws, ids);
    const subnets = ids.map((id) => subnet.get(aws, id));
    const zones = new Set(subnets.map((s) => s?.outputs.availabilityZone));
    const vpcId = subnets[0]?.inputs.vpcId ?? "";
    if (subnets.some((s) => s?.inputs.vpcId !== vpcId))
      throw new AwsError("InvalidConfigurationRequest", "All subnets must belong to the same VPC");
    if (zones.size < subnets.length)
      throw new AwsError(
        "InvalidConfigurationRequest",
        "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
      );
    if (zones.size < (type === "application" ? 2 : 1))
      throw new AwsError(
        "ValidationError",
        "At least two subnets in two different Availability Zones must be specified",
      );
    if (!internal && !internetGateway.all(aws).some((g) => g.inputs.vpcId === vpcId))
      throw new AwsError("InvalidSubnet", `VPC ${vpcId} has no internet gateway`);
    for (const id of securityGroups) {
      const told = `The security group '${id}' does not exist`;
      need(aws, securityGroup, id, "InvalidSecurityGroup", told);
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
      );
    if (loadBalancerType === "network" && lb.inputs.securityGroups?.length && securityGroups.length === 0)
      throw new AwsError(
        "InvalidConfigurationRequest",
        "You must specify at least one security group for a load balancer that was created with security groups.",
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
      );
  },
});

const protocols = { network: ["TCP", "UDP", "TCP_UDP", "TLS"], application: ["HTTP", "HTTPS"] } as const;

export const listener = kind({
  type: listenerType,
  api: ["Elastic Load Balancing v2", "Listener"],
  inputs: z.strictObject({
    loadBalancerArn: z.string(),
    port: z.int().min(1).max(65535),
    protocol: oneOf(["TCP", "UDP", "TCP_UDP", "TLS", "HTTP", "HTTPS"]).default("HTTP"),
    defaultActions: z
      .array(
        z.strictObject({
          type: oneOf(["forward"]),
          targetGroupArn: z.string().optional(),
          order: z.int().optional(),
          forward: z
            .strictObject({
              targetGroups: z.array(z.strictObject({ arn: z.string(), weight: z.int().optional() })).min(1),
            })
            .optional(),
        }),
      )
      .min(1),
    sslPolicy: z.string().optional(),
    certificateArn: z.string().optional(),
    tcpIdleTimeoutSeconds: z.int().min(60).max(6000).optional(),
    tags,
    region,
  }),
  replaces: ["loadBalancerArn", "region"],
  create: (aws, given) => {
    checkListener(aws, given);
    const { loadBalancerArn, port } = given;
    const taken = listener
      .all(aws)
      .find((l) => l.inputs.loadBalancerArn === loadBalancerArn && l.inputs.port === port);
    if (taken)
      throw new AwsError(
        "DuplicateListener",
        `A listener already exists on this port for this load balancer '${loadBalancerArn}'`,
      );
    const arn = `${loadBalancerArn.replace(":loadbalancer/", ":listener/")}/${aws.ids.hex(16)}`;
    return { id: arn, outputs: { arn } };
  },
  update: (aws, l, given) => {
    checkListener(aws, given);
    return l.outputs;
  },
});

const checkListener = (
  aws: Aws,
  given: {
    loadBalancerArn: string;
    protocol: string;
    defaultActions: { targetGroupArn?: string | undefined }[];
  },
): void => {
  const { loadBalancerArn, protocol } = given;
  const missing = "One or more load balancers not found";
  const lb = need(aws, loadBalancer, loadBalancerArn, "LoadBalancerNotFound", missing);
  const usable: readonly string[] = protocols[lb.inputs.loadBalancerType];
  if (!usable.includes(protocol))
    throw new AwsError(
      "ValidationError",
      `Listener protocol '${protocol}' must be one of '${usable.join(", ")}'`,
    );
  for (const { targetGroupArn } of given.defaultActions) {
    if (targetGroupArn === undefined)
      throw new AwsError("ValidationError", "A target group ARN must be specified");
    const none = `Target groups '${targetGroupArn}' not found`;
    const group = need(aws, targetGroup, targetGroupArn, "TargetGroupNotFound", none);
    const layer7 = ["HTTP", "HTTPS"];
    if (layer7.includes(group.inputs.protocol) !== layer7.includes(protocol))
      throw new AwsError(
        "InvalidLoadBalancerAction",
        `Listener protocol '${protocol}' is not supported with a target group with the protocol '${group.inputs.protocol}'`,
      );
    const other = listener
      .all(aws)
      .find(
        (l) =>
          l.inputs.loadBalancerArn !== loadBalancerArn &&
          l.inputs.defaultActions.some((a) => a.targetGroupArn === targetGroupArn),
      );
    if (other)
      throw new AwsError(
        "TargetGroupAssociationLimit",
        `The following target groups cannot be associated with more than one load balancer: ${targetGroupArn}`,
      );
  }
};
