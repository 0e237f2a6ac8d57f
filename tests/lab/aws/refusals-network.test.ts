import test from "ava";
import { Account } from "./account.ts";
import { type Case, held, messageOf, refuses } from "./refusal.ts";

const cases: Case[] = [
  [
    "a VPC larger than /16",
    (a) => a.vpc("10.0.0.0/8"),
    "api error InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid.",
  ],
  [
    "a VPC whose range has host bits",
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
    "a second range of another private block",
    (a) => a.make("vpcIpv4CidrBlockAssociation", { vpcId: a.vpc(), cidrBlock: "192.168.0.0/24" }),
    "api error InvalidVpc.Range: The CIDR '192.168.0.0/24' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR. For additional restrictions, see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
  ],
  [
    "a second range inside the first",
    (a) => a.make("vpcIpv4CidrBlockAssociation", { vpcId: a.vpc("10.4.0.0/16"), cidrBlock: "10.4.3.0/24" }),
    "api error CidrConflict: The CIDR '10.4.3.0/24' conflicts with another range of the VPC vpc-ID",
  ],
  [
    "a second range that is too large",
    (a) => a.make("vpcIpv4CidrBlockAssociation", { vpcId: a.vpc(), cidrBlock: "100.64.0.0/10" }),
    "api error InvalidVpc.Range: The CIDR '100.64.0.0/10' is invalid.",
  ],
  [
    "a sixth range",
    (a) => {
      const vpcId = a.vpc();
      for (const n of [1, 2, 3, 4, 5])
        a.make("vpcIpv4CidrBlockAssociation", { vpcId, cidrBlock: `100.64.${n}.0/24` });
    },
    "api error CidrLimitExceeded: This network 'vpc-ID' has met its maximum number of allowed CIDRs: 5",
  ],
  [
    "a subnet of a VPC that does not exist",
    (a) => a.make("subnet", { vpcId: "vpc-0", cidrBlock: "10.0.0.0/24" }),
    "api error InvalidVpcID.NotFound: The vpc ID 'vpc-0' does not exist",
  ],
  [
    "an S3 interface endpoint with private DNS and no gateway endpoint",
    (a) => {
      a.make("vpcEndpoint", {
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
      a.make("vpcEndpoint", {
        vpcId: a.vpc(),
        serviceName: "com.amazonaws.us-east-1.s3",
        dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: true },
      }),
    "api error InvalidParameter: DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is applicable only to Interface VPC Endpoints.",
  ],
  [
    "an endpoint of another Region",
    (a) => a.make("vpcEndpoint", { vpcId: a.vpc(), serviceName: "com.amazonaws.eu-west-1.s3" }),
    "api error InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.eu-west-1.s3' does not exist",
  ],
  [
    "a NAT gateway without an internet gateway",
    (a) => {
      const [subnetId] = a.subnets(a.vpc());
      a.make("natGateway", { subnetId, allocationId: a.make("eip", { domain: "vpc" }) });
    },
    "api error Gateway.NotAttached: Network vpc-ID has no Internet gateway attached",
  ],
  [
    "a rule whose description has a character that AWS does not take",
    (a) =>
      a.make("securityGroupIngressRule", {
        securityGroupId: a.network().group,
        ipProtocol: "-1",
        cidrIpv4: "10.0.0.0/16",
        description: "Küche",
      }),
    "api error InvalidParameterValue: Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
  ],
  [
    "a tag's key that AWS keeps for itself",
    (a) => a.make("vpc", { cidrBlock: "10.0.0.0/16", tags: { "AWS:owner": "me" } }),
    "tags.AWS:owner: a tag's key must not be empty, nor begin with aws:",
  ],
  [
    "a tag's value of 257 characters",
    (a) => a.make("vpc", { cidrBlock: "10.0.0.0/16", tags: { owner: "x".repeat(257) } }),
    "tags.owner: a tag's value has at most 256 characters",
  ],
  [
    "51 tags",
    (a) =>
      a.make("vpc", {
        cidrBlock: "10.0.0.0/16",
        tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`tag-${i}`, ""])),
      }),
    "tags: a resource has at most 50 tags",
  ],
  [
    "the same rule twice",
    (a) => {
      const securityGroupId = a.make("securityGroup", { vpcId: a.vpc() });
      const rule = { securityGroupId, ipProtocol: "tcp", fromPort: 80, toPort: 80, cidrIpv4: "10.0.0.0/16" };
      a.make("securityGroupIngressRule", rule);
      a.make("securityGroupIngressRule", rule);
    },
    'api error InvalidPermission.Duplicate: the specified rule "peer: 10.0.0.0/16, TCP, from port: 80, to port: 80, ALLOW" already exists',
  ],
];

refuses(cases);

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
  "a second range of a VPC, with a subnet in it",
  (a) => {
    const vpcId = a.vpc();
    const id = a.make("vpcIpv4CidrBlockAssociation", { vpcId, cidrBlock: "100.64.0.0/16" });
    a.make("subnet", { vpcId, cidrBlock: "100.64.3.0/24" });
    return () => a.drop("vpcIpv4CidrBlockAssociation", id);
  },
  /^api error InvalidCidrBlock\.InUse: The vpc vpc-ID currently has a subnet within CIDR block 100\.64\.0\.0\/16$/,
);

/** A VPC with an internet gateway and what has a public address in it, and another VPC. */
function published(a: Account, what: "NAT gateway" | "load balancer") {
  const vpcId = a.vpc();
  const gateway = a.make("internetGateway", { vpcId });
  const subnets = a.subnets(vpcId);
  if (what === "NAT gateway")
    a.make("natGateway", { subnetId: subnets[0], allocationId: a.make("eip", { domain: "vpc" }) });
  else a.make("loadBalancer", { name: "web", loadBalancerType: "network", subnets });
  return { gateway, other: a.vpc("10.1.0.0/16") };
}

const mapped =
  /^api error DependencyViolation: Network vpc-ID has some mapped public address\(es\)\. Please unmap those/;

for (const what of ["NAT gateway", "load balancer"] as const) {
  held(
    `an internet gateway with a ${what}`,
    (a) => {
      const { gateway } = published(a, what);
      return () => a.drop("internetGateway", gateway);
    },
    mapped,
  );
  held(
    `an internet gateway that moves away from a ${what}`,
    (a) => {
      const { gateway, other } = published(a, what);
      return () => a.change("internetGateway", gateway, { vpcId: other });
    },
    mapped,
  );
}

test("an internet gateway without public addresses moves to another VPC", (t) => {
  const a = new Account();
  const gateway = a.make("internetGateway", { vpcId: a.vpc() });
  const vpcId = a.vpc("10.1.0.0/16");
  a.change("internetGateway", gateway, { vpcId });
  t.is(a.outputs("internetGateway", gateway).vpcId, vpcId);
});

held(
  "a security group that a rule of another one names",
  (a) => {
    const vpcId = a.vpc();
    const [named, other] = [
      a.make("securityGroup", { vpcId, name: "a" }),
      a.make("securityGroup", { vpcId, name: "b" }),
    ];
    const rule = { ipProtocol: "tcp", fromPort: 80, toPort: 80, referencedSecurityGroupId: named };
    a.make("securityGroupIngressRule", { ...rule, securityGroupId: other });
    return () => a.drop("securityGroup", named);
  },
  /^api error DependencyViolation: resource sg-ID has a dependent object$/,
);

test("a security group with a rule that names itself is deleted", (t) => {
  const a = new Account();
  const securityGroupId = a.make("securityGroup", { vpcId: a.vpc() });
  const rule = { securityGroupId, ipProtocol: "-1", referencedSecurityGroupId: securityGroupId };
  a.make("securityGroupIngressRule", rule);
  a.drop("securityGroup", securityGroupId);
  t.deepEqual(a.outputs("securityGroup", securityGroupId), {});
});

const balancers: Case[] = [
  [
    "a target outside the VPC without `all`",
    (a) =>
      a.make("targetGroupAttachment", {
        targetGroupArn: a.targetGroup(),
        targetId: "192.168.1.101",
        port: 8080,
      }),
    "api error ValidationError: You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address '192.168.1.101' is outside the VPC",
  ],
  [
    "a target inside the VPC with `all`",
    (a) =>
      a.make("targetGroupAttachment", {
        targetGroupArn: a.targetGroup(),
        targetId: "10.0.1.5",
        availabilityZone: "all",
      }),
    "api error ValidationError: The IP address '10.0.1.5' is within the VPC, and cannot have its Availability Zone overridden to 'all' from 'us-east-1a'",
  ],
  [
    "a public address as a target",
    (a) =>
      a.make("targetGroupAttachment", {
        targetGroupArn: a.targetGroup(),
        targetId: "8.8.8.8",
        availabilityZone: "all",
      }),
    "api error ValidationError: The IP address '8.8.8.8' is not a valid target. Specify an address from the subnets of the VPC for the target group, or from 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16.",
  ],
  [
    "UDP to a target outside the VPC",
    (a) =>
      a.make("targetGroupAttachment", {
        targetGroupArn: a.targetGroup({ protocol: "UDP" }),
        targetId: "192.168.1.101",
        availabilityZone: "all",
      }),
    "api error ValidationError: The IP address '192.168.1.101' is outside the VPC, which is not supported by target groups with the protocol 'UDP'",
  ],
  [
    "an ALB's target group with cross-zone off, and `all`",
    (a) =>
      a.make("targetGroupAttachment", {
        targetGroupArn: a.targetGroup({ protocol: "HTTP", loadBalancingCrossZoneEnabled: "false" }),
        targetId: "192.168.1.101",
        availabilityZone: "all",
      }),
    "api error ValidationError: The Availability Zone 'all' is not supported for the target '192.168.1.101' because cross-zone load balancing is off for the target group",
  ],
  [
    "an ALB in one zone",
    (a) => a.make("loadBalancer", { name: "web", internal: true, subnets: [a.subnets(a.vpc())[0]] }),
    "api error ValidationError: At least two subnets in two different Availability Zones must be specified",
  ],
  [
    "a public load balancer without an internet gateway",
    (a) => a.make("loadBalancer", { name: "web", subnets: a.subnets(a.vpc()) }),
    "api error InvalidSubnet: VPC vpc-ID has no internet gateway",
  ],
  [
    "a name of 33 characters",
    (a) => a.make("loadBalancer", { name: "x".repeat(33) }),
    "name: cannot be longer than 32 characters",
  ],
];

refuses(balancers);

test("a load balancer without security groups at creation cannot get any later", (t) => {
  const a = new Account();
  const vpcId = a.vpc();
  const subnets = a.subnets(vpcId);
  const inputs = { name: "web", internal: true, loadBalancerType: "network", subnets };
  const id = a.make("loadBalancer", inputs);
  const group = a.make("securityGroup", { vpcId });
  const error = t.throws(() =>
    a.aws.update("aws:lb/loadBalancer:LoadBalancer", id, {}, { ...inputs, securityGroups: [group] }),
  );
  t.is(
    messageOf(error),
    "api error InvalidConfigurationRequest: You cannot add a security group to a load balancer that was created without one. Specify the security groups when you create the load balancer.",
  );
});
