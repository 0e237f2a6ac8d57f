import { LoadBalancer } from "@pulumi/aws/lb/loadBalancer.js";
import test from "ava";
import { Network, type NetworkArgs } from "../../../components/network/network.ts";
import { endpointPolicy } from "../../../components/private-connectivity/endpoint-policies.ts";
import { valueOfOutput } from "../../support/mocks.ts";
import { type Assignable, built, failure, tagged } from "../cloud.ts";

const zones = ["us-east-1a", "us-east-1b"];
const smallest: NetworkArgs = { cidr: "10.0.0.0/16", zones };
const open: NetworkArgs = { ...smallest, publicSubnets: true };

test.serial(
  "the smallest network has private subnets, an S3 endpoint, and no route to the internet",
  async (t) => {
    const { names, children } = await built(() => new Network("home", smallest));
    t.deepEqual(names, [
      "DefaultSecurityGroup home-default",
      "RouteTable home-private-us-east-1a",
      "RouteTable home-private-us-east-1b",
      "RouteTableAssociation home-private-us-east-1a",
      "RouteTableAssociation home-private-us-east-1b",
      "Subnet home-private-us-east-1a",
      "Subnet home-private-us-east-1b",
      "Vpc home-vpc",
      "VpcEndpoint home-s3",
    ]);
    t.true(children.every(({ parent }) => parent.endsWith("::hybrid:network:Network::home")));
  },
);

test.serial("its resources are exactly those that AWS needs", async (t) => {
  const { child, component } = await built(() => new Network("home", smallest));
  const vpcId = child("Vpc", "home-vpc").id;
  t.deepEqual(child("Vpc", "home-vpc").inputs, {
    cidrBlock: "10.0.0.0/16",
    enableDnsHostnames: true,
    enableDnsSupport: true,
    tags: tagged("home-vpc"),
  });
  t.deepEqual(child("Subnet", "home-private-us-east-1b").inputs, {
    vpcId,
    availabilityZone: "us-east-1b",
    cidrBlock: "10.0.16.0/20",
    mapPublicIpOnLaunch: false,
    tags: tagged("home-private-us-east-1b"),
  });
  const tables = zones.map((zone) => child("RouteTable", `home-private-${zone}`).id);
  t.deepEqual(child("RouteTableAssociation", "home-private-us-east-1b").inputs, {
    routeTableId: tables[1],
    subnetId: child("Subnet", "home-private-us-east-1b").id,
  });
  const { policy, ...s3 } = child("VpcEndpoint", "home-s3").inputs;
  t.deepEqual(s3, {
    vpcId,
    vpcEndpointType: "Gateway",
    serviceName: "com.amazonaws.us-east-1.s3",
    routeTableIds: tables,
    tags: tagged("home-s3"),
  });
  t.is(
    policy,
    endpointPolicy("s3", { partition: "aws", region: "us-east-1", accountId: "123456789012" }),
    "what is in the VPC writes to no bucket of another account",
  );
  t.is(await valueOfOutput(component.vpcId), vpcId);
  t.is(component.cidr, "10.0.0.0/16");
  t.deepEqual(
    await Promise.all(component.privateSubnetIds.map(valueOfOutput)),
    zones.map((zone) => child("Subnet", `home-private-${zone}`).id),
  );
  const privateSubnets = Object.entries(component.privateSubnets).map(async ([zone, { id, cidr }]) => [
    zone,
    await valueOfOutput(id),
    cidr,
  ]);
  t.deepEqual(await Promise.all(privateSubnets), [
    ["us-east-1a", child("Subnet", "home-private-us-east-1a").id, "10.0.0.0/20"],
    ["us-east-1b", child("Subnet", "home-private-us-east-1b").id, "10.0.16.0/20"],
  ]);
  t.is(await valueOfOutput(component.s3Gateway.urn), child("VpcEndpoint", "home-s3").urn);
  t.deepEqual(component.publicSubnetIds, []);
  t.deepEqual(Object.keys(component.routeTableIds), zones);
  t.is(component.privateSubnets["us-east-1a"]?.cidr, "10.0.0.0/20");
});

test.serial("more ranges are associated, each under its own name, and move no subnet", async (t) => {
  const secondaryCidrs = ["10.7.0.0/24", "100.64.0.0/16"];
  const { child, names, component } = await built(() => new Network("home", { ...smallest, secondaryCidrs }));
  for (const cidrBlock of secondaryCidrs)
    t.deepEqual(child("VpcIpv4CidrBlockAssociation", `home-range-${cidrBlock}`).inputs, {
      vpcId: child("Vpc", "home-vpc").id,
      cidrBlock,
    });
  t.deepEqual(component.cidrs, ["10.0.0.0/16", ...secondaryCidrs]);
  t.is(component.privateSubnets["us-east-1a"]?.cidr, "10.0.0.0/20");
  t.is(names.filter((name) => name.startsWith("Subnet ")).length, 2);
});

test.serial("refused: a second range that AWS would not associate", async (t) => {
  t.is(
    await failure(() => new Network("home", { ...smallest, secondaryCidrs: ["192.168.0.0/24"] })),
    "home.secondaryCidrs.0: 192.168.0.0/24: must not be associated with a VPC of 10.0.0.0/16: AWS takes no range of 192.168.0.0/16 beside it; choose another range, for example of 100.64.0.0/10",
  );
});

test.serial("the default security group lets nothing through", async (t) => {
  const { child } = await built(() => new Network("home", smallest));
  t.deepEqual(child("DefaultSecurityGroup", "home-default").inputs, {
    vpcId: child("Vpc", "home-vpc").id,
    ingress: [],
    egress: [],
    tags: tagged("home-default"),
  });
});

test.serial("public subnets have an internet gateway, and a NAT gateway only on request", async (t) => {
  const { child, names, component } = await built(() => new Network("home", open));
  t.deepEqual(
    names.filter((name) => /public|internet|nat|Eip/i.test(name)),
    [
      "InternetGateway home-internet",
      "Route home-public-internet",
      "RouteTable home-public",
      "RouteTableAssociation home-public-us-east-1a",
      "RouteTableAssociation home-public-us-east-1b",
      "Subnet home-public-us-east-1a",
      "Subnet home-public-us-east-1b",
    ],
  );
  t.deepEqual(child("Route", "home-public-internet").inputs, {
    routeTableId: child("RouteTable", "home-public").id,
    destinationCidrBlock: "0.0.0.0/0",
    gatewayId: child("InternetGateway", "home-internet").id,
  });
  t.is(child("Subnet", "home-public-us-east-1a").inputs.cidrBlock, "10.0.128.0/20");
  t.is(child("Subnet", "home-public-us-east-1a").inputs.mapPublicIpOnLaunch, false);
  t.is(component.publicSubnetIds.length, 2);
  t.deepEqual(Object.keys(component.routeTableIds), [...zones, "public"]);
});

test.serial("a resource in a public subnet waits for the route to the internet", async (t) => {
  const { child } = await built(() => {
    const { publicSubnetIds } = new Network("home", open);
    new LoadBalancer("web", { subnets: [...publicSubnetIds] });
  });
  const { dependencies } = child("LoadBalancer", "web");
  for (const [type, name] of [
    ["Route", "home-public-internet"],
    ...zones.map((zone) => ["RouteTableAssociation", `home-public-${zone}`] as const),
  ] as const)
    t.true(dependencies.includes(child(type, name).urn), name);
  const route = child("Route", "home-public-internet");
  t.true(route.dependencies.includes(child("InternetGateway", "home-internet").urn));
});

test.serial("a resource in a private subnet waits for the route table", async (t) => {
  const { child } = await built(() => {
    const { privateSubnetIds, privateSubnets } = new Network("home", smallest);
    new LoadBalancer("web", { internal: true, subnets: [...privateSubnetIds] });
    new LoadBalancer("other", { internal: true, subnets: Object.values(privateSubnets).map(({ id }) => id) });
  });
  for (const zone of zones) {
    const { urn } = child("RouteTableAssociation", `home-private-${zone}`);
    for (const name of ["web", "other"])
      t.true(child("LoadBalancer", name).dependencies.includes(urn), `${name} ${zone}`);
  }
});

test.serial("the internet gateway is replaced with its VPC", async (t) => {
  const { child } = await built(() => new Network("home", open));
  const { id } = child("Vpc", "home-vpc");
  t.is(child("InternetGateway", "home-internet").replacementTrigger, id);
});

test.serial("a single NAT gateway serves the private subnets of all zones", async (t) => {
  const { child, names } = await built(() => new Network("home", { ...open, natGateways: "single" }));
  t.deepEqual(
    names.filter((name) => /^NatGateway|^Eip/.test(name)),
    ["Eip home-nat-us-east-1a", "NatGateway home-nat-us-east-1a"],
  );
  const nat = child("NatGateway", "home-nat-us-east-1a");
  t.deepEqual(nat.inputs, {
    subnetId: child("Subnet", "home-public-us-east-1a").id,
    allocationId: child("Eip", "home-nat-us-east-1a").id,
    connectivityType: "public",
    tags: tagged("home-nat-us-east-1a"),
  });
  t.true(nat.dependencies.includes(child("Route", "home-public-internet").urn));
  // AWS keeps an internet gateway while an address of the VPC is mapped, so the address must be deleted first.
  const { dependencies } = child("Eip", "home-nat-us-east-1a");
  t.true(dependencies.includes(child("InternetGateway", "home-internet").urn));
  for (const zone of zones) {
    t.deepEqual(child("Route", `home-private-${zone}-internet`).inputs, {
      routeTableId: child("RouteTable", `home-private-${zone}`).id,
      destinationCidrBlock: "0.0.0.0/0",
      natGatewayId: nat.id,
    });
  }
});

test.serial("with a NAT gateway per zone, each serves its own zone", async (t) => {
  const { child } = await built(() => new Network("home", { ...open, natGateways: "per-zone" }));
  for (const zone of zones) {
    t.is(
      child("Route", `home-private-${zone}-internet`).inputs.natGatewayId,
      child("NatGateway", `home-nat-${zone}`).id,
    );
    t.is(child("NatGateway", `home-nat-${zone}`).inputs.subnetId, child("Subnet", `home-public-${zone}`).id);
  }
});

test.serial(
  "flow logs go to a log group of their own, through a role that may write only there",
  async (t) => {
    const { child, json } = await built(
      () => new Network("home", { ...smallest, flowLogs: { retentionDays: 30 } }),
    );
    const group = child("LogGroup", "home-flow-logs");
    t.deepEqual(group.inputs, {
      name: "/vpc/hybrid-test/home/flow-logs",
      retentionInDays: 30,
      tags: tagged("home-flow-logs"),
    });
    const flowLog = child("FlowLog", "home-flow-logs");
    t.true(flowLog.dependencies.includes(child("RolePolicy", "home-flow-logs").urn));
    t.deepEqual(flowLog.inputs, {
      vpcId: child("Vpc", "home-vpc").id,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: group.state.arn,
      iamRoleArn: child("Role", "home-flow-logs").state.arn,
      tags: tagged("home-flow-logs"),
    });
    t.deepEqual(json("Role", "home-flow-logs", "assumeRolePolicy"), {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "vpc-flow-logs.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            StringEquals: { "aws:SourceAccount": "123456789012" },
            ArnLike: { "aws:SourceArn": "arn:aws:ec2:us-east-1:123456789012:*" },
          },
        },
      ],
    });
    t.deepEqual(json("RolePolicy", "home-flow-logs", "policy"), {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: [
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
          ],
          Resource: `${group.state.arn}:*`,
        },
      ],
    });
  },
);

test.serial("one more zone and public subnets move no subnet", async (t) => {
  const cidrs = async (args: NetworkArgs) => {
    const { children } = await built(() => new Network("home", args));
    return Object.fromEntries(
      children.filter((r) => r.type.endsWith(":Subnet")).map((r) => [r.name, r.inputs.cidrBlock]),
    );
  };
  const before = await cidrs(smallest);
  const after = await cidrs({ ...open, zones: ["us-east-1c", ...zones] });
  t.is(Object.keys(after).length, 6);
  t.like(after, before);
});

test.serial("a zone of another region than the provider's is refused", async (t) => {
  const message = await failure(() => new Network("home", { ...smallest, zones: ["eu-west-1a"] }));
  t.true(
    message.endsWith(
      "home.zones: eu-west-1a: must be a zone of the Region us-east-1 (aws:region); choose zones such as us-east-1a, or another aws:region",
    ),
  );
});

const nothing = { endpoints: 0, resolvers: 0, networkBalancers: 0, applicationBalancers: 0, natGateways: 0 };

const refused: [args: NetworkArgs, message: string][] = [
  [
    {
      cidr: "10.0.0.0/24",
      zones,
      takes: {
        "us-east-1a": { private: { ...nothing, endpoints: 5 }, public: nothing },
        "us-east-1b": { private: { ...nothing, endpoints: 12 }, public: nothing },
      },
    },
    "home.cidr: 10.0.0.0/24: must give each private subnet 12 addresses for 12 endpoints: a /28 has 11; choose a range of /23 or wider, or remove some of them",
  ],
  [
    { ...smallest, cidr: "10.0.0.0/28" },
    "home.cidr: 10.0.0.0/28: must be from /16 to /24: a VPC has at most 65,536 addresses, and each of its 16 blocks at least 16; choose for example 10.0.0.0/16",
  ],
  [
    { ...smallest, zones: ["us-east-1a", "us-east-1a"] },
    "home.zones: us-east-1a: must be named once; remove the repetition",
  ],
  [
    { ...smallest, flowLogs: { retentionDays: 31 } },
    "home.flowLogs.retentionDays: 31: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653: CloudWatch Logs takes no other number of days; choose for example 60",
  ],
];

for (const [args, message] of refused) {
  test.serial(`refused: ${message}`, async (t) => {
    t.is(await failure(() => new Network("home", args)), message);
  });
}

test.serial("a NAT gateway without public subnets does not compile, and is refused", async (t) => {
  const compiles: Assignable<{ cidr: string; zones: string[]; natGateways: "single" }, NetworkArgs> = false;
  t.false(compiles);
  const args: NetworkArgs = JSON.parse(JSON.stringify({ ...smallest, natGateways: "single" }));
  t.is(
    await failure(() => new Network("home", args)),
    "home.natGateways: single: must be none while publicSubnets is false: a NAT gateway needs a public subnet; set home.publicSubnets to true, or natGateways to none",
  );
});
