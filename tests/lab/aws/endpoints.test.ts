import test from "ava";
import type { Properties } from "../../../lab/aws/account.ts";
import { endpointInterfaces } from "../../../lab/aws/services/private-connectivity/endpoint-interfaces.ts";
import { Account, typeOf } from "./account.ts";
import { type Case, held, messageOf, refuses } from "./refusal.ts";

const prefix = "com.amazonaws.us-east-1.";

/** Creates an interface endpoint in both subnets. */
function interfaceEndpoint(a: Account, service: string, more: Properties = {}) {
  const network = a.network();
  const inputs = {
    vpcId: network.vpcId,
    serviceName: prefix + service,
    vpcEndpointType: "Interface",
    privateDnsEnabled: true,
    subnetIds: network.subnets,
    securityGroupIds: [network.group],
    ...more,
  };
  return { ...network, inputs, id: a.make("vpcEndpoint", inputs) };
}

test("an interface endpoint has an address in each subnet, and names", (t) => {
  const a = new Account();
  const { id, subnets } = interfaceEndpoint(a, "ecr.dkr");
  const outputs = a.outputs("vpcEndpoint", id);
  t.deepEqual(
    endpointInterfaces(outputs).toSorted((x, y) => x.ipv4.localeCompare(y.ipv4)),
    [
      { subnetId: subnets[0], ipv4: "10.0.1.16" },
      { subnetId: subnets[1], ipv4: "10.0.2.16" },
    ],
  );
  t.is((outputs.networkInterfaceIds as string[]).length, 2);
  const names = (outputs.dnsEntries as { dnsName: string }[]).map(({ dnsName }) => dnsName);
  const label = `${id}-${id.slice(-8)}`;
  t.deepEqual(names, [
    `${label}.dkr.ecr.us-east-1.vpce.amazonaws.com`,
    `${label}-us-east-1a.dkr.ecr.us-east-1.vpce.amazonaws.com`,
    `${label}-us-east-1b.dkr.ecr.us-east-1.vpce.amazonaws.com`,
    "dkr.ecr.us-east-1.amazonaws.com",
    "*.dkr.ecr.us-east-1.amazonaws.com",
  ]);
});

test("no address is given twice in a VPC", (t) => {
  const a = new Account();
  const { vpcId, subnets, group } = interfaceEndpoint(a, "ssm");
  a.make("loadBalancer", { name: "web", internal: true, loadBalancerType: "network", subnets });
  const rest = { vpcId, vpcEndpointType: "Interface", subnetIds: [subnets[0]] };
  const second = a.make("vpcEndpoint", { ...rest, serviceName: `${prefix}ecs` });
  const resolver = a.make("resolverEndpoint", {
    direction: "INBOUND",
    ipAddresses: subnets.map((subnetId) => ({ subnetId })),
    securityGroupIds: [group],
  });
  t.is(endpointInterfaces(a.outputs("vpcEndpoint", second))[0]?.ipv4, "10.0.1.18");
  const ips = (a.outputs("resolverEndpoint", resolver).ipAddresses as { ip: string }[]).map(({ ip }) => ip);
  t.deepEqual(ips.toSorted(), ["10.0.1.19", "10.0.2.18"]);
});

test("subnets and security groups change in place, and a subnet that stays keeps its address", (t) => {
  const a = new Account();
  const { id, vpcId, subnets, inputs } = interfaceEndpoint(a, "ssm");
  const third = a.make("subnet", { vpcId, cidrBlock: "10.0.3.0/24", availabilityZone: "us-east-1c" });
  const other = a.make("securityGroup", { vpcId, name: "other" });
  const before = endpointInterfaces(a.outputs("vpcEndpoint", id));
  const wanted = { ...inputs, subnetIds: [third, subnets[1]], securityGroupIds: [other] };
  t.deepEqual(a.aws.diff(typeOf("vpcEndpoint"), id, {}, wanted).replaces, []);
  const after = a.aws.update(typeOf("vpcEndpoint"), id, {}, wanted);
  t.deepEqual(
    endpointInterfaces(after).find(({ subnetId }) => subnetId === subnets[1]),
    before.find(({ subnetId }) => subnetId === subnets[1]),
  );
  t.is(endpointInterfaces(after).find(({ subnetId }) => subnetId === third)?.ipv4, "10.0.3.16");
  t.is(endpointInterfaces(after).length, 2);
  t.deepEqual(after.securityGroupIds, [other]);
});

function withGateway(a: Account) {
  const network = a.network();
  const gateway = a.make("vpcEndpoint", { vpcId: network.vpcId, serviceName: `${prefix}s3` });
  const s3 = a.make("vpcEndpoint", {
    vpcId: network.vpcId,
    serviceName: `${prefix}s3`,
    vpcEndpointType: "Interface",
    privateDnsEnabled: true,
    dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: true },
    subnetIds: network.subnets,
  });
  return { gateway, s3 };
}

test("S3's gateway endpoint is deleted after the interface endpoint that depends on it", (t) => {
  const a = new Account();
  const { gateway, s3 } = withGateway(a);
  t.regex(
    messageOf(t.throws(() => a.drop("vpcEndpoint", gateway))),
    /^api error InvalidParameter: Cannot delete the Gateway/,
  );
  a.drop("vpcEndpoint", s3);
  a.drop("vpcEndpoint", gateway);
  t.is(a.aws.resources(typeOf("vpcEndpoint")).length, 0);
});

test("the data source describes an endpoint service as AWS does", (t) => {
  const a = new Account();
  const ask = (args: Properties) => a.aws.invoke("aws:ec2/getVpcEndpointService:getVpcEndpointService", args);
  t.like(ask({ service: "ecs", serviceType: "Interface" }), {
    serviceName: `${prefix}ecs`,
    serviceType: "Interface",
    availabilityZones: [..."abcdef"].map((letter) => `us-east-1${letter}`),
    vpcEndpointPolicySupported: true,
    privateDnsName: "ecs.us-east-1.amazonaws.com",
  });
  t.false(ask({ service: "ecs-agent" }).vpcEndpointPolicySupported);
  a.aws.runtime.serviceZones.ecs = ["us-east-1c"];
  t.deepEqual(ask({ serviceName: `${prefix}ecs` }).availabilityZones, ["us-east-1c"]);
  t.throws(() => ask({ service: "s3" }), { message: /^multiple EC2 VPC Endpoint Services matched/ });
  t.is(ask({ service: "s3", serviceType: "Gateway" }).serviceType, "Gateway");
  const absent = { message: "reading EC2 VPC Endpoint Services: couldn't find resource" };
  t.throws(() => ask({ service: "nothing" }), absent);
  a.aws.runtime.serviceZones.ecs = [];
  t.throws(() => ask({ service: "ecs" }), absent);
  t.throws(() => ask({ serviceName: "com.amazonaws.eu-west-1.ssm" }), absent);
});

test("ec2messages is not in Regions launched since 2024", (t) => {
  const at = (region: string) =>
    new Account({ region }).aws.invoke("aws:ec2/getVpcEndpointService:getVpcEndpointService", {
      service: "ec2messages",
    });
  t.is(at("us-east-1").serviceName, "com.amazonaws.us-east-1.ec2messages");
  t.throws(() => at("mx-central-1"));
});

const cases: Case[] = [
  [
    "a service that the Region does not have",
    (a) => {
      a.aws.runtime.serviceZones.kms = [];
      interfaceEndpoint(a, "kms");
    },
    "api error InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.us-east-1.kms' does not exist",
  ],
  [
    "a gateway for a service that has none",
    (a) => a.make("vpcEndpoint", { vpcId: a.vpc(), serviceName: `${prefix}ssm` }),
    "api error InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.us-east-1.ssm' does not exist",
  ],
  [
    "a zone that the service does not have",
    (a) => {
      a.aws.runtime.serviceZones.ssm = ["us-east-1a"];
      interfaceEndpoint(a, "ssm");
    },
    "api error InvalidParameter: The VPC endpoint service com.amazonaws.us-east-1.ssm does not support the availability zone of the subnet: subnet-ID.",
  ],
  [
    "two subnets of one zone",
    (a) => {
      const vpcId = a.vpc();
      const subnetIds = ["10.0.1.0/24", "10.0.2.0/24"].map((cidrBlock) =>
        a.make("subnet", { vpcId, cidrBlock, availabilityZone: "us-east-1a" }),
      );
      a.make("vpcEndpoint", { vpcId, serviceName: `${prefix}ssm`, vpcEndpointType: "Interface", subnetIds });
    },
    "api error DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of subnet-ID. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.",
  ],
  [
    "a subnet that does not exist",
    (a) => interfaceEndpoint(a, "ssm", { subnetIds: ["subnet-0"] }),
    "api error InvalidSubnetId.NotFound: The Subnet Id subnet-0 does not exist",
  ],
  [
    "a security group that does not exist",
    (a) => interfaceEndpoint(a, "ssm", { securityGroupIds: ["sg-0"] }),
    "api error InvalidGroup.NotFound: The security group 'sg-0' does not exist in VPC 'vpc-ID'",
  ],
  [
    "an address that AWS reserves",
    (a) => {
      const { vpcId, subnets } = a.network();
      const [subnetId] = subnets;
      a.make("vpcEndpoint", {
        vpcId,
        serviceName: `${prefix}ssm`,
        vpcEndpointType: "Interface",
        subnetIds: [subnetId],
        subnetConfigurations: [{ subnetId, ipv4: "10.0.1.2" }],
      });
    },
    "api error InvalidParameter: Address 10.0.1.2 is not a valid address of the subnet 10.0.1.0/24",
  ],
  [
    "a policy for a service that accepts none",
    (a) => interfaceEndpoint(a, "ecs-agent", { policy: "{}" }),
    "api error InvalidParameter: The service com.amazonaws.us-east-1.ecs-agent does not support endpoint policies.",
  ],
  [
    "a policy that is not JSON",
    (a) => interfaceEndpoint(a, "ecs", { policy: "no" }),
    "api error InvalidPolicyDocument: The policy document is not a valid JSON policy document.",
  ],
  [
    "private DNS in a VPC without DNS host names",
    (a) => {
      const vpcId = a.make("vpc", { cidrBlock: "10.0.0.0/16" });
      a.make("vpcEndpoint", {
        vpcId,
        serviceName: `${prefix}ssm`,
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
      });
    },
    "api error InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for vpc-ID",
  ],
  [
    "private DNS for inbound resolvers only, where there is no gateway endpoint to fall back to",
    (a) => interfaceEndpoint(a, "ssm", { dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: true } }),
    "api error InvalidParameter: PrivateDnsOnlyForInboundResolverEndpoint is supported only for services that have both Gateway and Interface endpoints.",
  ],
  [
    "the same private name twice",
    (a) => {
      const { vpcId } = interfaceEndpoint(a, "ssm");
      a.make("vpcEndpoint", {
        vpcId,
        serviceName: `${prefix}ssm`,
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
      });
    },
    "api error InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain for ssm.us-east-1.amazonaws.com in the VPC vpc-ID",
  ],
];
refuses(cases);

held(
  "a subnet with an endpoint's network interface",
  (a) => {
    const { subnets } = interfaceEndpoint(a, "ssm");
    return () => a.drop("subnet", subnets[0]);
  },
  /^api error DependencyViolation: The subnet 'subnet-ID' has dependencies and cannot be deleted\.$/,
);

held(
  "an endpoint's security group",
  (a) => {
    const { group } = interfaceEndpoint(a, "ssm");
    return () => a.drop("securityGroup", group);
  },
  /^api error DependencyViolation: resource sg-ID has a dependent object$/,
);
