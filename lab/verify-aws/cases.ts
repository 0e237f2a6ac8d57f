/**
 * Refusals as data: requests to Pulumi's AWS provider, and AWS's answers. The same table runs against the
 * simulated AWS and, one day, against an account.
 */

/** Refers to the id of another resource in the case. */
const id = (resource: string) => ({ idOf: resource });
export type Value = string | number | boolean | { readonly idOf: string } | Inputs | readonly Value[];
export interface Inputs {
  readonly [input: string]: Value;
}

/** A resource: type token and inputs. */
export type Asked = readonly [type: string, inputs: Inputs];

export interface Case {
  readonly title: string;
  /** Resources to create first, by name, in order. */
  readonly given: Readonly<Record<string, Asked>>;
  readonly refused: Asked;
  /** Code and sentence, with `ID` and `ACCOUNT` for what AWS generates. */
  readonly answer: string;
  /** Price of the resources created first, in US dollars per hour; AWS bills the first hour in full. Default: free. */
  readonly hourly?: number;
}

const vpc: Asked = ["aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true }];
const subnet = (cidrBlock: string, availabilityZone: string): Asked => [
  "aws:ec2/subnet:Subnet",
  { vpcId: id("vpc"), cidrBlock, availabilityZone },
];
const vpnGateway: Asked = ["aws:ec2/vpnGateway:VpnGateway", { vpcId: id("vpc") }];
const customerGateway = (ipAddress: string): Asked => [
  "aws:ec2/customerGateway:CustomerGateway",
  { type: "ipsec.1", ipAddress, bgpAsn: "65000" },
];
// TEST-NET-2: nothing answers there.
const ends = { vpc, vpnGateway, customerGateway: customerGateway("198.51.100.7") };
const vpn = (more: Inputs): Asked => [
  "aws:ec2/vpnConnection:VpnConnection",
  { type: "ipsec.1", vpnGatewayId: id("vpnGateway"), customerGatewayId: id("customerGateway"), ...more },
];
const targetGroup: Asked = [
  "aws:lb/targetGroup:TargetGroup",
  { port: 8080, protocol: "TCP", targetType: "ip", vpcId: id("vpc") },
];
const name = "ecs-anywhere-hybrid-verify-aws";
const taskDefinition = (container: Inputs, more: Inputs = {}): Asked => [
  "aws:ecs/taskDefinition:TaskDefinition",
  {
    family: name,
    requiresCompatibilities: ["EXTERNAL"],
    containerDefinitions: JSON.stringify([{ name: "app", image: "app:1", memory: 64, ...container }]),
    ...more,
  },
];
const role = (Service: string): Asked => {
  const Statement = [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }];
  return [
    "aws:iam/role:Role",
    { name, assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement }) },
  ];
};

export const cases = (region: string): readonly Case[] => [
  {
    title: "overlapping subnets",
    given: { vpc, subnet: subnet("10.0.1.0/24", `${region}a`) },
    refused: subnet("10.0.1.0/24", `${region}b`),
    answer: "InvalidSubnet.Conflict: The CIDR '10.0.1.0/24' conflicts with another subnet",
  },
  {
    title: "a second VPN gateway",
    given: { vpc, vpnGateway },
    refused: vpnGateway,
    answer: "InvalidVpcState: VPC vpc-ID already has a VPN gateway attached (vgw-ID)",
  },
  {
    title: "a customer gateway with a private address",
    given: {},
    refused: customerGateway("192.168.1.196"),
    answer: "InvalidParameterValue: Value (192.168.1.196) for parameter publicIp is invalid.",
  },
  {
    title: "one inside CIDR for both tunnels",
    given: ends,
    refused: vpn({ tunnel1InsideCidr: "169.254.10.0/30", tunnel2InsideCidr: "169.254.10.0/30" }),
    answer:
      "InvalidCidr.InUse: The TunnelInsideCidr 169.254.10.0/30 is already in use by another tunnel of VPN gateway vgw-ID. It must be unique.",
  },
  {
    title: "phase 2 not shorter than phase 1",
    given: ends,
    refused: vpn({ tunnel1Phase1LifetimeSeconds: 1800, tunnel1Phase2LifetimeSeconds: 1800 }),
    answer:
      "InvalidParameterCombination: Phase2LifetimeSeconds (1800) must be less than Phase1LifetimeSeconds (1800).",
  },
  {
    title: "a static route on a dynamic connection",
    given: { ...ends, vpn: vpn({ staticRoutesOnly: false }) },
    refused: [
      "aws:ec2/vpnConnectionRoute:VpnConnectionRoute",
      { vpnConnectionId: id("vpn"), destinationCidrBlock: "192.168.1.0/24" },
    ],
    answer: "InvalidVpnConnection.InvalidType: The vpnConnection 'vpn-ID' does not support static routes.",
    hourly: 0.05,
  },
  {
    title: "S3's private DNS without a gateway endpoint",
    given: { vpc },
    refused: [
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      {
        vpcId: id("vpc"),
        serviceName: `com.amazonaws.${region}.s3`,
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
      },
    ],
    answer:
      "InvalidParameter: To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC vpc-ID must have a Gateway endpoint for the service.",
  },
  {
    title: "a public load balancer without an internet gateway",
    given: { vpc, a: subnet("10.0.1.0/24", `${region}a`), b: subnet("10.0.2.0/24", `${region}b`) },
    refused: [
      "aws:lb/loadBalancer:LoadBalancer",
      { loadBalancerType: "network", subnets: [id("a"), id("b")] },
    ],
    answer: "InvalidSubnet: VPC vpc-ID has no internet gateway",
  },
  {
    title: "a target of the site without a zone",
    given: { vpc, targetGroup },
    refused: [
      "aws:lb/targetGroupAttachment:TargetGroupAttachment",
      { targetGroupArn: id("targetGroup"), targetId: "192.168.1.101", port: 8080 },
    ],
    answer:
      "ValidationError: You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address '192.168.1.101' is outside the VPC",
  },
  {
    title: "an activation for a role that does not trust Systems Manager",
    given: { role: role("ecs-tasks.amazonaws.com") },
    refused: ["aws:ssm/activation:Activation", { iamRole: id("role") }],
    answer: `ValidationException: Nonexistent role or missing ssm service principal in trust policy: arn:aws:iam::ACCOUNT:role/${name}`,
  },
  {
    title: "a task definition for hosts with awsvpc",
    given: {},
    refused: taskDefinition({}, { networkMode: "awsvpc" }),
    answer: "ClientException: External compatible task definitions do not support networkMode 'awsvpc'.",
  },
  {
    title: "secrets without an execution role",
    given: {},
    refused: taskDefinition({ secrets: [{ name: "TOKEN", valueFrom: "/verify/token" }] }),
    answer:
      "ClientException: When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
  },
];
