/** Elastic Load Balancing v2: target groups. API reference: CreateTargetGroup. */
import { z } from "zod";
import { AwsError, documented, reported } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { keyValue, retagged } from "../../requests/tags.ts";
import { vpc } from "../network/vpc.ts";
import { need, rejectWhileHeld } from "../shared/lookups.ts";
import { attributes } from "./attributes.ts";

/** Protocols of an application load balancer. */
export const layer7 = ["HTTP", "HTTPS"];

const inputs = z.strictObject({
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
});
type Inputs = z.output<typeof inputs>;

function checked({ healthCheck: given, protocolVersion }: Inputs) {
  if (!given) return {};
  const isTcp = given.protocol === "TCP";
  const code = protocolVersion === "GRPC" ? "GrpcCode" : "HttpCode";
  return {
    HealthCheckEnabled: given.enabled,
    HealthCheckIntervalSeconds: given.interval,
    HealthyThresholdCount: given.healthyThreshold,
    UnhealthyThresholdCount: given.unhealthyThreshold,
    HealthCheckTimeoutSeconds: given.timeout,
    HealthCheckPath: isTcp ? undefined : given.path,
    Matcher: isTcp || given.matcher === undefined ? undefined : { [code]: given.matcher },
    HealthCheckPort: given.port,
    HealthCheckProtocol: given.protocol,
  };
}

/** At creation the provider sends a switch without a default only if it is on. */
const modified = (given: Inputs, { id }: { id: string }) => ({
  TargetGroupArn: id,
  Attributes: attributes({
    "deregistration_delay.connection_termination.enabled": given.connectionTermination || undefined,
    "deregistration_delay.timeout_seconds": given.deregistrationDelay,
    "load_balancing.algorithm.type": given.loadBalancingAlgorithmType,
    "load_balancing.cross_zone.enabled": given.loadBalancingCrossZoneEnabled,
    "preserve_client_ip.enabled": given.preserveClientIp,
    "proxy_protocol_v2.enabled": given.proxyProtocolV2 || undefined,
    "slow_start.duration_seconds": given.slowStart,
    "stickiness.enabled": given.stickiness?.enabled,
    "stickiness.type": given.stickiness?.type,
    "stickiness.lb_cookie.duration_seconds": given.stickiness?.cookieDuration,
  }),
});

export const targetGroup = kind({
  type: "aws:lb/targetGroup:TargetGroup",
  api: ["Elastic Load Balancing v2", "TargetGroup"],
  autoName: { property: "name", maxLength: 32 },
  inputs,
  replaces: ["name", "port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType", "region"],
  requests: {
    create: {
      DescribeTargetGroups: ({ name }) => ({ Names: [name] }),
      CreateTargetGroup: (given) => ({
        Name: given.name,
        TargetType: given.targetType,
        Port: given.port,
        Protocol: given.protocol,
        ProtocolVersion: layer7.includes(given.protocol) ? given.protocolVersion : undefined,
        VpcId: given.vpcId,
        IpAddressType: given.ipAddressType,
        ...checked(given),
        Tags: keyValue(given.tags),
      }),
      ModifyTargetGroupAttributes: modified,
    },
    read: {
      DescribeTargetGroups: (_, { id }) => ({ TargetGroupArns: [id] }),
      DescribeTargetGroupAttributes: (_, { id }) => ({ TargetGroupArn: id }),
      DescribeTags: (_, { id }) => ({ ResourceArns: [id] }),
    },
    update: {
      ModifyTargetGroup: (given, { id }) => given.healthCheck && { TargetGroupArn: id, ...checked(given) },
      ModifyTargetGroupAttributes: modified,
      ...retagged.elb,
    },
    delete: { DeleteTargetGroup: (_, { id }) => ({ TargetGroupArn: id }) },
  },
  create: (aws, given) => {
    const { name, vpcId, protocol, healthCheck, preserveClientIp } = given;
    need(
      aws,
      vpc,
      vpcId,
      new AwsError(
        "ValidationError",
        `The VPC ID '${vpcId}' is not found`,
        reported("terraform-aws-modules/terraform-aws-alb#294"),
      ),
    );
    if (targetGroup.all(aws).some((g) => g.inputs.name === name))
      throw new AwsError(
        "DuplicateTargetGroupName",
        `A target group with the same name '${name}' exists, but with different settings`,
        reported("terraform-aws-modules/terraform-aws-alb#251"),
      );
    if (layer7.includes(protocol) && healthCheck?.protocol === "TCP")
      throw new AwsError(
        "InvalidConfigurationRequest",
        `Health check protocol 'TCP' is not supported for target groups with the protocol '${protocol}'`,
        documented("Elastic Load Balancing API, CreateTargetGroup: HealthCheckProtocol"),
      );
    if (healthCheck?.protocol === "TCP" && (healthCheck.path ?? healthCheck.matcher) !== undefined)
      throw new AwsError(
        "InvalidConfigurationRequest",
        "Health check path or matcher is not supported for health checks with protocol TCP",
        documented("Elastic Load Balancing API, CreateTargetGroup: HealthCheckPath, Matcher"),
      );
    if (layer7.includes(protocol) && preserveClientIp !== undefined)
      throw new AwsError(
        "InvalidConfigurationRequest",
        `Attribute 'preserve_client_ip.enabled' is not supported for target groups with the protocol '${protocol}'`,
        documented("Elastic Load Balancing API, TargetGroupAttribute: preserve_client_ip.enabled"),
      );
    const path = `${name}/${aws.ids.hex(16)}`;
    const arn = aws.arn("elasticloadbalancing", `targetgroup/${path}`);
    return { id: arn, outputs: { arn, arnSuffix: `targetgroup/${path}` } };
  },
  read: (aws, { id }) => ({
    loadBalancerArns: aws.holders(id).map((listener) => listener.inputs.loadBalancerArn),
  }),
  delete: (aws, { id }) =>
    rejectWhileHeld(
      aws,
      id,
      new AwsError(
        "ResourceInUse",
        `Target group '${id}' is currently in use by a listener or a rule`,
        reported("cloudposse/terraform-aws-alb-ingress#24"),
      ),
    ),
});
