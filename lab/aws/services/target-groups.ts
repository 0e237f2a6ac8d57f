/**
 * Elastic Load Balancing v2: target groups and their targets.
 * API reference: CreateTargetGroup, RegisterTargets; NLB guide: "Register targets".
 */
import { z } from "zod";
import { AwsError } from "../errors.ts";
import { kind, oneOf, region, tags } from "../kind.ts";
import { containsCidr, need, refuseWhenUsed } from "./common.ts";
import { vpc } from "./vpc.ts";

const layer7 = ["HTTP", "HTTPS"];

export const targetGroup = kind({
  type: "aws:lb/targetGroup:TargetGroup",
  api: ["Elastic Load Balancing v2", "TargetGroup"],
  autoName: { property: "name", maxLength: 32 },
  inputs: z.strictObject({
    name: z
      .string()
      .max(32, "cannot be longer than 32 characters")
      .regex(/^(?!-)[A-Za-z0-9-]+(?<!-)$/, "only alphanumeric characters and hyphens allowed"),
    port: z.int().min(1).max(65535),
    protocol: oneOf(["TCP", "UDP", "TCP_UDP", "TLS", "HTTP", "HTTPS"]),
    protocolVersion: z.string().optional(),
    targetType: oneOf(["instance", "ip"]).default("instance"),
    vpcId: z.string(),
    ipAddressType: oneOf(["ipv4"]).optional(),
    deregistrationDelay: z.int().min(0).max(3600).default(300),
    preserveClientIp: oneOf(["true", "false"]).optional(),
    proxyProtocolV2: z.boolean().default(false),
    connectionTermination: z.boolean().optional(),
    loadBalancingCrossZoneEnabled: oneOf(["true", "false", "use_load_balancer_configuration"]).optional(),
    loadBalancingAlgorithmType: z.string().optional(),
    slowStart: z.int().optional(),
    stickiness: z
      .strictObject({
        type: z.string(),
        enabled: z.boolean().default(true),
        cookieDuration: z.int().optional(),
      })
      .optional(),
    healthCheck: z
      .strictObject({
        enabled: z.boolean().default(true),
        healthyThreshold: z.int().min(2).max(10).default(3),
        unhealthyThreshold: z.int().min(2).max(10).default(3),
        interval: z.int().min(5).max(300).default(30),
        timeout: z.int().min(2).max(120).optional(),
        matcher: z.string().optional(),
        path: z.string().startsWith("/").optional(),
        port: z.string().default("traffic-port"),
        protocol: oneOf(["TCP", "HTTP", "HTTPS"]).default("HTTP"),
      })
      .optional(),
    tags,
    region,
  }),
  replaces: ["name", "port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType", "region"],
  create: (aws, given) => {
    const { name, vpcId, protocol, healthCheck, preserveClientIp } = given;
    need(aws, vpc, vpcId, "ValidationError", `The VPC ID '${vpcId}' is not found`);
    if (targetGroup.all(aws).some((g) => g.inputs.name === name))
      throw new AwsError(
        "DuplicateTargetGroupName",
        `A target group with the same name '${name}' exists, but with different settings`,
      );
    if (layer7.includes(protocol) && healthCheck?.protocol === "TCP")
      throw new AwsError(
        "InvalidConfigurationRequest",
        `Health check protocol 'TCP' is not supported for target groups with the protocol '${protocol}'`,
      );
    if (healthCheck?.protocol === "TCP" && (healthCheck.path ?? healthCheck.matcher) !== undefined)
      throw new AwsError(
        "InvalidConfigurationRequest",
        "Health check path or matcher is not supported for health checks with protocol TCP",
      );
    if (layer7.includes(protocol) && preserveClientIp !== undefined)
      throw new AwsError(
        "InvalidConfigurationRequest",
        `Attribute 'preserve_client_ip.enabled' is not supported for target groups with the protocol '${protocol}'`,
      );
    const path = `${name}/${aws.ids.hex(16)}`;
    const arn = aws.arn("elasticloadbalancing", `targetgroup/${path}`);
    return { id: arn, outputs: { arn, arnSuffix: `targetgroup/${path}` } };
  },
  read: (aws, { id }) => ({
    loadBalancerArns: aws
      .resources("aws:lb/listener:Listener")
      .filter((l) => JSON.stringify(l.inputs.defaultActions).includes(id))
      .map((l) => l.inputs.loadBalancerArn),
  }),
  delete: (aws, { id }) =>
    refuseWhenUsed(
      aws,
      id,
      ["aws:lb/listener:Listener"],
      `Target group '${id}' is currently in use by a listener or a rule`,
      "ResourceInUse",
    ),
});

/** Where addresses outside the VPC may lie. */
const outsideRanges = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"];

export const targetGroupAttachment = kind({
  type: "aws:lb/targetGroupAttachment:TargetGroupAttachment",
  api: ["Elastic Load Balancing v2", "Targets"],
  operations: { create: "RegisterTargets", delete: "DeregisterTargets" },
  inputs: z.strictObject({
    targetGroupArn: z.string(),
    targetId: z.string(),
    port: z.int().min(1).max(65535).optional(),
    availabilityZone: z.string().optional(),
    region,
  }),
  replaces: ["targetGroupArn", "targetId", "port", "availabilityZone", "region"],
  create: (aws, { targetGroupArn, targetId, port, availabilityZone }) => {
    const missing = `Target groups '${targetGroupArn}' not found`;
    const { inputs } = need(aws, targetGroup, targetGroupArn, "TargetGroupNotFound", missing);
    const invalid = (told: string) => new AwsError("ValidationError", told);
    if (inputs.targetType === "ip") {
      if (!z.ipv4().safeParse(targetId).success)
        throw invalid(`The IP address '${targetId}' is not a valid IPv4 address`);
      const inside = containsCidr(vpc.get(aws, inputs.vpcId)?.inputs.cidrBlock ?? "0.0.0.0/32", targetId);
      // Sentences seen in kubernetes-sigs/aws-load-balancer-controller issues 561 and 3084.
      if (inside && availabilityZone === "all")
        throw invalid(
          `The IP address '${targetId}' is within the VPC, and cannot have its Availability Zone overridden to 'all' from '${aws.region}a'`,
        );
      if (!inside && availabilityZone === undefined)
        throw invalid(
          `You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address '${targetId}' is outside the VPC`,
        );
      if (!inside && !outsideRanges.some((r) => containsCidr(r, targetId)))
        throw invalid(
          `The IP address '${targetId}' is not a valid target. Specify an address from the subnets of the VPC for the target group, or from ${outsideRanges.join(", ")}.`,
        );
      if (!inside && ["UDP", "TCP_UDP"].includes(inputs.protocol))
        throw invalid(
          `The IP address '${targetId}' is outside the VPC, which is not supported by target groups with the protocol '${inputs.protocol}'`,
        );
      // CloudFormation, TargetDescription: with cross-zone load balancing off an ALB takes a real zone only.
      const alb = layer7.includes(inputs.protocol);
      if (alb && availabilityZone === "all" && inputs.loadBalancingCrossZoneEnabled === "false")
        throw invalid(
          `The Availability Zone 'all' is not supported for the target '${targetId}' because cross-zone load balancing is off for the target group`,
        );
    }
    const id = `${targetGroupArn}-${targetId}-${port ?? inputs.port}`;
    return { id };
  },
});
