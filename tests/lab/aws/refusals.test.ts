import test from "ava";
import { Account, allow, trust } from "./account.ts";

/** Code and sentence, as AWS's SDK tells them, with `ID` for generated ones. */
const told = (error: unknown): string =>
  (error as Error).message
    .replace(/^operation error [^,]+, https response error StatusCode: \d+, RequestID: [0-9a-f-]{36}, /, "")
    .replaceAll(/\b(vpc|vgw|vpn)-[0-9a-f]{17}\b/g, "$1-ID");

const refused = (act: (a: Account) => unknown, wanted: string) => (t: import("ava").ExecutionContext) => {
  t.is(told(t.throws(() => act(new Account()))), wanted);
};

type Case = [title: string, act: (a: Account) => unknown, wanted: string];

const vpc: Case[] = [
  [
    "a VPC larger than /16",
    (a) => a.vpc("10.0.0.0/8"),
    "api error InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid.",
  ],
  [
    "a VPC off its boundary",
    (a) => a.vpc("10.0.0.1/16"),
    "api error InvalidVpc.Range: The CIDR '10.0.0.1/16' is invalid.",
  ],
  [
    "a subnet outside its VPC",
    (a) => a.make("subnet", { vpcId: a.vpc(), cidrBlock: "10.1.0.0/24" }),
    "api error InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid.",
  ],
  [
    "a subnet smaller than /28",
    (a) => a.make("subnet", { vpcId: a.vpc(), cidrBlock: "10.0.0.0/29" }),
    "api error InvalidSubnet.Range: The CIDR '10.0.0.0/29' is invalid.",
  ],
  [
    "overlapping subnets",
    (a) => {
      const vpcId = a.vpc();
      a.make("subnet", { vpcId, cidrBlock: "10.0.0.0/20" });
      a.make("subnet", { vpcId, cidrBlock: "10.0.3.0/24" });
    },
    "api error InvalidSubnet.Conflict: The CIDR '10.0.3.0/24' conflicts with another subnet",
  ],
  [
    "a subnet of a VPC that is not there",
    (a) => a.make("subnet", { vpcId: "vpc-0", cidrBlock: "10.0.0.0/24" }),
    "api error InvalidVpcID.NotFound: The vpc ID 'vpc-0' does not exist",
  ],
  [
    "an S3 interface endpoint with private DNS and no gateway endpoint",
    (a) => {
      a.make("endpoint", {
        vpcId: a.vpc(),
        serviceName: "com.amazonaws.us-east-1.s3",
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
      });
    },
    "api error InvalidParameter: To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC vpc-ID must have a Gateway endpoint for the service.",
  ],
  [
    "DNS options on a gateway endpoint",
    (a) =>
      a.make("endpoint", {
        vpcId: a.vpc(),
        serviceName: "com.amazonaws.us-east-1.s3",
        dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: true },
      }),
    "api error InvalidParameter: DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is applicable only to Interface VPC Endpoints.",
  ],
  [
    "an endpoint of another Region",
    (a) => a.make("endpoint", { vpcId: a.vpc(), serviceName: "com.amazonaws.eu-west-1.s3" }),
    "api error InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.eu-west-1.s3' does not exist",
  ],
  [
    "a NAT gateway without an internet gateway",
    (a) => {
      const [subnetId] = a.subnets(a.vpc());
      a.make("nat", { subnetId, allocationId: a.make("eip", { domain: "vpc" }) });
    },
    "api error Gateway.NotAttached: Network vpc-ID has no Internet gateway attached",
  ],
  [
    "the same rule twice",
    (a) => {
      const securityGroupId = a.make("securityGroup", { vpcId: a.vpc() });
      const rule = { securityGroupId, ipProtocol: "tcp", fromPort: 80, toPort: 80, cidrIpv4: "10.0.0.0/16" };
      a.make("ingress", rule);
      a.make("ingress", rule);
    },
    'api error InvalidPermission.Duplicate: the specified rule "peer: 10.0.0.0/16, TCP, from port: 80, to port: 80, ALLOW" already exists',
  ],
];

const invalidCidr = (cidr: string, why: string): Case => [
  `inside CIDR ${cidr}`,
  (a) => a.vpn({ tunnel1InsideCidr: cidr }),
  `api error InvalidParameterValue: Value (${cidr}) for parameter TunnelInsideCidr is invalid. ${why}`,
];
const invalidKey = (key: string): Case => [
  `pre-shared key ${key}`,
  (a) => a.vpn({ tunnel2PresharedKey: key }),
  "api error InvalidParameterValue: Value for parameter PreSharedKey is invalid.",
];

const vpn: Case[] = [
  ...[0, 1, 2, 3, 4, 5].map((n) =>
    invalidCidr(`169.254.${n}.0/30`, "The CIDR is reserved and cannot be used."),
  ),
  invalidCidr("169.254.169.252/30", "The CIDR is reserved and cannot be used."),
  invalidCidr("169.254.10.0/29", "The CIDR must be a /30."),
  invalidCidr("169.254.10.1/30", "The CIDR must be a /30."),
  invalidCidr("10.0.0.0/30", "The CIDR must be within 169.254.0.0/16."),
  [
    "one inside CIDR for both tunnels",
    (a) => a.vpn({ tunnel1InsideCidr: "169.254.10.0/30", tunnel2InsideCidr: "169.254.10.0/30" }),
    "api error InvalidParameterCombination: The TunnelInsideCidr 169.254.10.0/30 is already in use by another tunnel of VPN gateway vgw-ID. It must be unique.",
  ],
  invalidKey("short"),
  invalidKey("0startsWithZero"),
  invalidKey("has+plus+signs"),
  invalidKey("x".repeat(65)),
  [
    "DPD timeout below 30",
    (a) => a.vpn({ tunnel1DpdTimeoutSeconds: 29 }),
    "tunnel1DpdTimeoutSeconds: expected at least (30)",
  ],
  [
    "phase 2 not shorter than phase 1",
    (a) => a.vpn({ tunnel1Phase1LifetimeSeconds: 1800, tunnel1Phase2LifetimeSeconds: 1800 }),
    "api error InvalidParameterCombination: Phase2LifetimeSeconds (1800) must be less than Phase1LifetimeSeconds (1800).",
  ],
  [
    "a DH group that AWS does not have",
    (a) => a.vpn({ tunnel1Phase1DhGroupNumbers: [5] }),
    "api error InvalidParameterValue: Value (5) for parameter Phase1DHGroupNumbers is invalid.",
  ],
  [
    "AWS starting an IKEv1 tunnel",
    (a) => a.vpn({ tunnel1StartupAction: "start", tunnel1IkeVersions: ["ikev1"] }),
    "api error InvalidParameterCombination: StartupAction start is only supported for VPN tunnels that use IKEv2.",
  ],
  [
    "a customer gateway with a private address",
    (a) => a.make("cgw", { type: "ipsec.1", bgpAsn: "65000", ipAddress: "192.168.1.196" }),
    "api error InvalidParameterValue: Value (192.168.1.196) for parameter publicIp is invalid.",
  ],
  [
    "a static route on a dynamic connection",
    (a) =>
      a.make("vpnRoute", {
        vpnConnectionId: a.vpn({ staticRoutesOnly: false }),
        destinationCidrBlock: "192.168.1.0/24",
      }),
    "api error IncorrectState: The vpnConnection 'vpn-ID' does not support static routes.",
  ],
];

const elb: Case[] = [
  [
    "a target outside the VPC without `all`",
    (a) => a.make("target", { targetGroupArn: a.targetGroup(), targetId: "192.168.1.101", port: 8080 }),
    "api error ValidationError: You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address '192.168.1.101' is outside the VPC",
  ],
  [
    "a target inside the VPC with `all`",
    (a) =>
      a.make("target", { targetGroupArn: a.targetGroup(), targetId: "10.0.1.5", availabilityZone: "all" }),
    "api error ValidationError: The IP address '10.0.1.5' is within the VPC, and cannot have its Availability Zone overridden to 'all' from 'us-east-1a'",
  ],
  [
    "a public address as target",
    (a) =>
      a.make("target", { targetGroupArn: a.targetGroup(), targetId: "8.8.8.8", availabilityZone: "all" }),
    "api error ValidationError: The IP address '8.8.8.8' is not a valid target. Specify an address from the subnets of the VPC for the target group, or from 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16.",
  ],
  [
    "UDP to a target outside the VPC",
    (a) =>
      a.make("target", {
        targetGroupArn: a.targetGroup({ protocol: "UDP" }),
        targetId: "192.168.1.101",
        availabilityZone: "all",
      }),
    "api error ValidationError: The IP address '192.168.1.101' is outside the VPC, which is not supported by target groups with the protocol 'UDP'",
  ],
  [
    "an ALB's target group with cross-zone off, and `all`",
    (a) =>
      a.make("target", {
        targetGroupArn: a.targetGroup({ protocol: "HTTP", loadBalancingCrossZoneEnabled: "false" }),
        targetId: "192.168.1.101",
        availabilityZone: "all",
      }),
    "api error ValidationError: The Availability Zone 'all' is not supported for the target '192.168.1.101' because cross-zone load balancing is off for the target group",
  ],
  [
    "an ALB in one zone",
    (a) => a.make("lb", { name: "web", internal: true, subnets: [a.subnets(a.vpc())[0]] }),
    "api error ValidationError: At least two subnets in two different Availability Zones must be specified",
  ],
  [
    "a public load balancer without an internet gateway",
    (a) => a.make("lb", { name: "web", subnets: a.subnets(a.vpc()) }),
    "api error InvalidSubnet: VPC vpc-ID has no internet gateway",
  ],
  [
    "a name of 33 characters",
    (a) => a.make("lb", { name: "x".repeat(33) }),
    "name: cannot be longer than 32 characters",
  ],
];

const external =
  (more: object, container: object = {}) =>
  (a: Account) =>
    a.taskDefinition([a.container({ ...container })], { ...more });

const ecs: Case[] = [
  [
    "awsvpc outside AWS",
    external({ networkMode: "awsvpc" }),
    "api error ClientException: External compatible task definitions do not support networkMode 'awsvpc'.",
  ],
  [
    "EFS outside AWS",
    external({ volumes: [{ name: "data", efsVolumeConfiguration: { fileSystemId: "fs-1" } }] }),
    "api error ClientException: External compatible task definitions do not support the volume 'data'.",
  ],
  [
    "a container without memory",
    external({}, { memory: undefined }),
    "api error ClientException: Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
  ],
  [
    "another host port in host mode",
    external({ networkMode: "host" }, { portMappings: [{ containerPort: 80, hostPort: 8080 }] }),
    "api error ClientException: When networkMode=host, the host ports and container ports in port mappings must match.",
  ],
  [
    "secrets without an execution role",
    external({}, { secrets: [{ name: "TOKEN", valueFrom: "/hits/token" }] }),
    "api error ClientException: When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
  ],
  [
    "a role that is not there",
    external({ taskRoleArn: "arn:aws:iam::123456789012:role/nobody" }),
    "api error ClientException: Role is not valid",
  ],
  [
    "a mount of a volume that is not there",
    external({}, { mountPoints: [{ sourceVolume: "data", containerPath: "/data" }] }),
    "api error ClientException: Unknown volume 'data'.",
  ],
  [
    "awslogs without a Region",
    external({}, { logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/hits" } } }),
    "api error ClientException: Log driver awslogs requires options: awslogs-region",
  ],
  ["a service in no cluster", (a) => a.service(), "api error ClusterNotFoundException: Cluster not found."],
  ...(
    [
      ["loadBalancers", [{}], "Load balancers"],
      ["capacityProviderStrategies", [{}], "Capacity providers"],
      ["serviceRegistries", {}, "Service registries"],
      ["networkConfiguration", {}, "Network configuration"],
      ["serviceConnectConfiguration", {}, "Service Connect"],
    ] as const
  ).map(
    ([key, value, name]): Case => [
      `${name} outside AWS`,
      (a) => {
        a.cluster();
        a.service({ [key]: value });
      },
      `api error InvalidParameterException: ${name} are not supported for launch type EXTERNAL.`,
    ],
  ),
  [
    "a service of a task definition for EC2",
    (a) => {
      a.cluster();
      a.service({ taskDefinition: a.taskDefinition([a.container()], { requiresCompatibilities: ["EC2"] }) });
    },
    "api error InvalidParameterException: Task definition does not support launch_type EXTERNAL.",
  ],
  [
    "percentages that block deployments",
    (a) => {
      a.cluster();
      a.service({ deploymentMinimumHealthyPercent: 100, deploymentMaximumPercent: 100 });
    },
    "api error InvalidParameterException: Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
  ],
  [
    "a constraint that ECS cannot read",
    (a) => {
      a.cluster();
      a.service({ placementConstraints: [{ type: "memberOf", expression: "redis = true" }] });
    },
    "api error InvalidParameterException: The placement constraint expression 'redis = true' is not valid.",
  ],
  [
    "the same service twice",
    (a) => {
      a.cluster();
      a.service();
      a.service();
    },
    "api error InvalidParameterException: Creation of service was not idempotent.",
  ],
];

const others: Case[] = [
  [
    "a managed policy that is not there",
    (a) => a.make("attachment", { role: a.nodeRole(), policyArn: "arn:aws:iam::aws:policy/AmazonSSM" }),
    "api error NoSuchEntity: Policy arn:aws:iam::aws:policy/AmazonSSM does not exist or is not attachable.",
  ],
  [
    "a policy on a role that is not there",
    (a) => a.make("policy", { role: "nobody", policy: allow(["ecr:*"], "*") }),
    "api error NoSuchEntity: The role with name nobody cannot be found.",
  ],
  [
    "a role's name twice",
    (a) => {
      a.nodeRole();
      a.nodeRole();
    },
    "api error EntityAlreadyExists: Role with name node already exists.",
  ],
  [
    "a trust policy without a principal",
    (a) => a.make("role", { assumeRolePolicy: allow(["sts:AssumeRole"], "*") }),
    "api error MalformedPolicyDocument: AssumeRole policy must contain resources or principals",
  ],
  [
    "a resource that is no ARN",
    (a) => a.make("policy", { role: a.nodeRole(), policy: allow(["logs:PutLogEvents"], "/hits") }),
    'api error MalformedPolicyDocument: Resource /hits must be in ARN format or "*".',
  ],
  [
    "an activation for a role that Systems Manager may not have",
    (a) => {
      a.make("role", { name: "task", assumeRolePolicy: trust("ecs-tasks.amazonaws.com") });
      a.make("activation", { iamRole: "task" });
    },
    "api error ValidationException: Nonexistent role or missing ssm service principal in trust policy: arn:aws:iam::123456789012:role/task",
  ],
  [
    "an activation that lasts 31 days",
    (a) => a.make("activation", { iamRole: a.nodeRole(), expirationDate: "2026-12-22T12:00:01Z" }),
    "api error ValidationException: Invalid expiration date: it must be in the future and at most 30 days away.",
  ],
  [
    "a log group twice",
    (a) => {
      a.make("logGroup", { name: "/hits" });
      a.make("logGroup", { name: "/hits" });
    },
    "api error ResourceAlreadyExistsException: The specified log group already exists",
  ],
  [
    "a log group with a space",
    (a) => a.make("logGroup", { name: "my logs" }),
    "name: must be 1 to 512 of A-Z a-z 0-9 . - _ / #",
  ],
  [
    "a retention that CloudWatch does not have",
    (a) => a.make("logGroup", { retentionInDays: 31 }),
    "retentionInDays: expected retention_in_days to be one of [0 1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653]",
  ],
  [
    "a flow log without a role",
    (a) => a.make("flowLog", { vpcId: a.vpc(), trafficType: "ALL", logDestination: "arn:aws:logs:…" }),
    "api error InvalidParameter: DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.",
  ],
];

for (const [title, act, wanted] of [...vpc, ...vpn, ...elb, ...ecs, ...others])
  test(`refused: ${title}`, refused(act, wanted));

const held = (title: string, build: (a: Account) => () => void, wanted: RegExp): void => {
  test(`not deleted: ${title}`, (t) => {
    const drop = build(new Account());
    t.regex(told(t.throws(drop)), wanted);
  });
};

held(
  "a VPC with a subnet",
  (a) => {
    const id = a.vpc();
    a.subnets(id);
    return () => a.drop("vpc", id);
  },
  /^api error DependencyViolation: The vpc 'vpc-ID' has dependencies and cannot be deleted\.$/,
);
held(
  "a customer gateway with a connection",
  (a) => {
    const { customerGatewayId, vpnGatewayId } = a.gateways(a.vpc());
    a.make("vpn", { customerGatewayId, vpnGatewayId, type: "ipsec.1" });
    return () => a.drop("cgw", customerGatewayId);
  },
  /^api error IncorrectState: The customer gateway is in use\.$/,
);
held(
  "a role with policies",
  (a) => {
    const role = a.nodeRole();
    a.make("attachment", { role, policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" });
    return () => a.drop("role", role);
  },
  /^api error DeleteConflict: Cannot delete entity, must detach all policies first\.$/,
);
held(
  "a cluster with a service",
  (a) => {
    const id = a.cluster();
    a.service();
    return () => a.drop("cluster", id);
  },
  /^api error ClusterContainsServicesException: The Cluster cannot be deleted while Services are active\.$/,
);

test("a load balancer gets its security groups at creation, or never", (t) => {
  const a = new Account();
  const vpcId = a.vpc();
  const subnets = a.subnets(vpcId);
  const inputs = { name: "web", internal: true, loadBalancerType: "network", subnets };
  const id = a.make("lb", inputs);
  const group = a.make("securityGroup", { vpcId });
  const error = t.throws(() =>
    a.aws.update("aws:lb/loadBalancer:LoadBalancer", id, {}, { ...inputs, securityGroups: [group] }),
  );
  t.is(
    told(error),
    "api error InvalidConfigurationRequest: You cannot add a security group to a load balancer that was created without one. Specify the security groups when you create the load balancer.",
  );
});
