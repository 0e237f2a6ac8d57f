/** A VPC that is there already: what a stack gets of it, and why it may not use it. */
import test from "ava";
import { ExistingNetwork, type ExistingNetworkArgs } from "../../../components/network/existing-network.ts";
import type { HybridInput, NetworkConfig } from "../../../config/schema.ts";
import type { Aws } from "../../../lab/aws/aws.ts";
import { valueOfOutput } from "../../support/mocks.ts";
import { type Assignable, built, failure } from "../cloud.ts";
import { type Company, company, make, range } from "./company.ts";

/** Builds it in the company's VPC, in a stack that may hold other things too. */
function inCompany(
  prepare: (aws: Aws) => Company,
  change: (there: Company) => Partial<ExistingNetworkArgs> = () => ({}),
) {
  let there: Company | undefined;
  const options = {
    prepare: (aws: Aws) => {
      there = prepare(aws);
    },
  };
  const build = () => {
    if (!there) throw new Error("nothing was prepared");
    return new ExistingNetwork("network", {
      cidr: range,
      existing: there,
      privateDns: true,
      ...change(there),
    });
  };
  return { build, options, there: () => there as Company };
}

test.serial("an existing VPC's ids are given out, and nothing is created", async (t) => {
  const { build, options, there } = inCompany(company);
  const { children, component } = await built(build, options);
  t.deepEqual(children, []);
  const { vpcId, privateSubnetIds, publicSubnetIds, routeTableIds, s3EndpointId } = there();
  t.is(await valueOfOutput(component.vpcId), vpcId);
  t.deepEqual(component.cidrs, [range]);
  t.deepEqual(
    await Promise.all(component.privateSubnetIds.map(valueOfOutput)),
    Object.values(privateSubnetIds),
  );
  t.deepEqual(
    await Promise.all(component.publicSubnetIds.map(valueOfOutput)),
    Object.values(publicSubnetIds),
  );
  t.is(await valueOfOutput(component.routeTableIds.public ?? component.vpcId), routeTableIds.public);
  const second = component.privateSubnets["us-east-1b"];
  t.is(second && (await valueOfOutput(second.id)), privateSubnetIds["us-east-1b"]);
  t.is(second && (await valueOfOutput(second.cidr)), "10.1.2.0/24");
  t.is(component.s3Gateway && (await valueOfOutput(component.s3Gateway.existingId)), s3EndpointId);
});

test.serial("a VPC with further ranges is used once they are named", async (t) => {
  const { build, options } = inCompany(
    (aws) => {
      const there = company(aws);
      const cidrBlock = "100.64.0.0/16";
      make(aws, "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", {
        vpcId: there.vpcId,
        cidrBlock,
      });
      return there;
    },
    () => ({ secondaryCidrs: ["100.64.0.0/16"] }),
  );
  const { component } = await built(build, options);
  t.deepEqual(component.cidrs, [range, "100.64.0.0/16"]);
  t.regex(await valueOfOutput(component.vpcId), /^vpc-/);
});

test.serial("the VPC's main route table is that of every subnet without one of its own", async (t) => {
  const { build, options } = inCompany((aws) => {
    const there = company(aws);
    const main = String(aws.read("aws:ec2/vpc:Vpc", there.vpcId)?.outputs.mainRouteTableId);
    const subnet = make(aws, "ec2/subnet:Subnet", {
      vpcId: there.vpcId,
      cidrBlock: "10.1.9.0/24",
      availabilityZone: "us-east-1c",
    });
    return {
      ...there,
      privateSubnetIds: { ...there.privateSubnetIds, "us-east-1c": subnet },
      routeTableIds: { ...there.routeTableIds, main },
    } as Company;
  });
  const { component } = await built(build, options);
  t.regex(await valueOfOutput(component.vpcId), /^vpc-/);
});

test("a NAT gateway, flow logs or public subnets beside an existing VPC do not compile", (t) => {
  type There = { cidr: string; existing: NonNullable<NetworkConfig["existing"]> };
  type Settings = NonNullable<HybridInput["network"]>;
  const compiles: readonly boolean[] = [
    no<Assignable<There & { natGateways: "single" }, Settings>>(false),
    no<Assignable<There & { flowLogs: object }, Settings>>(false),
    no<Assignable<There & { publicSubnets: true }, Settings>>(false),
  ];
  t.false(compiles.some(Boolean));
});

/** Compiles only for a type that is false. */
function no<T extends false>(value: T): boolean {
  return value;
}

const nothing = { endpoints: 0, resolvers: 0, networkBalancers: 0, applicationBalancers: 0, natGateways: 0 };

const refused: [
  title: string,
  prepare: (aws: Aws) => Company,
  change: (there: Company) => Partial<ExistingNetworkArgs>,
  message: (there: Company) => string,
][] = [
  [
    "a VPC that AWS does not know",
    company,
    (there) => ({ existing: { ...there, vpcId: "vpc-0123456789abcdef0" } }),
    () =>
      "network.existing.vpcId: vpc-0123456789abcdef0: must be a VPC of this account in the Region us-east-1 (aws:region); correct it, or choose another aws:region",
  ],
  [
    "a range that is not the VPC's",
    company,
    () => ({ cidr: "10.0.0.0/16" }),
    ({ vpcId }) => `network.cidr: 10.0.0.0/16: must be the range of ${vpcId}, 10.1.0.0/16; write 10.1.0.0/16`,
  ],
  [
    "a further range without a name in the stack file",
    (aws) => {
      const there = company(aws);
      make(aws, "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", {
        vpcId: there.vpcId,
        cidrBlock: "100.64.0.0/16",
      });
      return there;
    },
    () => ({}),
    ({ vpcId }) =>
      `network.secondaryCidrs: (none): must be all further IPv4 ranges of ${vpcId}, 100.64.0.0/16: the site must not overlap them either; write [100.64.0.0/16]`,
  ],
  [
    "DNS attributes that are off",
    (aws) => company(aws, { enableDnsHostnames: false, enableDnsSupport: false }),
    () => ({}),
    ({ vpcId }) =>
      `network.existing.vpcId: ${vpcId}: must have enableDnsSupport and enableDnsHostnames on: without it, AWS gives endpoints no private names; run \`aws ec2 modify-vpc-attribute --vpc-id ${vpcId} --enable-dns-support && aws ec2 modify-vpc-attribute --vpc-id ${vpcId} --enable-dns-hostnames\``,
  ],
  [
    "a subnet of another VPC",
    company,
    (there) => ({
      existing: { ...there, privateSubnetIds: { "us-east-1a": "subnet-0123456789abcdef0" } },
    }),
    ({ vpcId }) =>
      `network.existing.privateSubnetIds.us-east-1a: subnet-0123456789abcdef0: must be a subnet of ${vpcId}, and AWS knows none of this id; choose a subnet of ${vpcId}`,
  ],
  [
    "a subnet under another zone",
    company,
    ({ privateSubnetIds, ...there }) => ({
      existing: { ...there, privateSubnetIds: { "us-east-1c": privateSubnetIds["us-east-1a"] } },
    }),
    ({ privateSubnetIds }) =>
      `network.existing.privateSubnetIds.us-east-1c: ${privateSubnetIds["us-east-1a"]}: must be a subnet in us-east-1c, and is one in us-east-1a; name it under us-east-1a`,
  ],
  [
    "a private subnet among the public ones",
    company,
    (there) => ({ existing: { ...there, publicSubnetIds: there.privateSubnetIds } }),
    ({ privateSubnetIds: { "us-east-1a": a, "us-east-1b": b } }) =>
      [a, b]
        .map(
          (id, i) =>
            `network.existing.publicSubnetIds.us-east-1${"ab"[i]}: ${id}: must have a route to an internet gateway: clients on the internet do not reach a load balancer there; choose a public subnet, or remove it`,
        )
        .join("\n"),
  ],
  [
    "a route table that is not there",
    company,
    ({ routeTableIds, ...there }) => ({
      existing: { ...there, routeTableIds: { ...routeTableIds, more: "rtb-0123456789abcdef0" } },
    }),
    ({ vpcId }) =>
      `network.existing.routeTableIds.more: rtb-0123456789abcdef0: must be a route table of ${vpcId}, and AWS knows none of this id; choose a route table of ${vpcId}`,
  ],
  [
    "one route table under two names",
    company,
    ({ routeTableIds, ...there }) => ({
      existing: { ...there, routeTableIds: { ...routeTableIds, again: routeTableIds.public } },
    }),
    ({ routeTableIds }) =>
      `network.existing.routeTableIds.again: ${routeTableIds.public}: must not be the table of network.existing.routeTableIds.public too; remove one of the two`,
  ],
  [
    "subnets whose route table is missing in the stack file",
    company,
    ({ routeTableIds, ...there }) => ({
      existing: { ...there, routeTableIds: { private: routeTableIds.private } },
    }),
    ({ routeTableIds, publicSubnetIds: { "us-east-1a": a, "us-east-1b": b } }) =>
      [a, b]
        .map(
          (id) =>
            `network.existing.routeTableIds: ${routeTableIds.private}: must have the route table of ${id}, ${routeTableIds.public}: the subnet has no way to the site without it; add ${routeTableIds.public}`,
        )
        .join("\n"),
  ],
  [
    "subnets that are too small for what the stack puts into them",
    company,
    () => ({
      takes: {
        "us-east-1a": {
          private: { ...nothing, endpoints: 250, resolvers: 2 },
          public: { ...nothing, applicationBalancers: 40 },
        },
      },
    }),
    ({ privateSubnetIds, publicSubnetIds }) =>
      [
        `network.existing.privateSubnetIds.us-east-1a: ${privateSubnetIds["us-east-1a"]}: must have 252 addresses for 250 endpoints, 2 resolver addresses: a /24 has 251; choose a wider subnet, or remove some of them`,
        `network.existing.publicSubnetIds.us-east-1a: ${publicSubnetIds["us-east-1a"]}: must have 320 addresses for 40 application load balancers (320): a /24 has 251; choose a wider subnet, or remove some of them`,
      ].join("\n"),
  ],
  [
    "an interface endpoint in the place of S3's gateway",
    (aws) => {
      const there = company(aws);
      const s3EndpointId = make(aws, "ec2/vpcEndpoint:VpcEndpoint", {
        vpcId: there.vpcId,
        vpcEndpointType: "Interface",
        serviceName: "com.amazonaws.us-east-1.ssm",
        subnetIds: [there.privateSubnetIds["us-east-1a"]],
      });
      return { ...there, s3EndpointId };
    },
    () => ({}),
    ({ s3EndpointId }) =>
      `network.existing.s3EndpointId: ${s3EndpointId}: must be a gateway endpoint for S3, and is one of type Interface for com.amazonaws.us-east-1.ssm; choose the VPC's gateway endpoint for S3, or remove it`,
  ],
];

for (const [title, prepare, change, message] of refused)
  test.serial(`refused: ${title}`, async (t) => {
    const { build, options, there } = inCompany(prepare, change);
    const said = await failure(build, options);
    t.true(said.endsWith(message(there())), said);
  });

test.serial("without endpoints and resolvers, the DNS attributes may be off", async (t) => {
  const { build, options } = inCompany(
    (aws) => company(aws, { enableDnsHostnames: false }),
    () => ({ privateDns: false }),
  );
  const { component } = await built(build, options);
  t.regex(await valueOfOutput(component.vpcId), /^vpc-/);
});
