/** The addresses of a subnet: AWS keeps five of them, and refuses when the others are taken. */
import test from "ava";
import { Account } from "./account.ts";
import { messageOf } from "./refusal.ts";

/** Two subnets of a size in two zones, an internet gateway and a security group. */
function network(a: Account, size: 24 | 27 | 28) {
  const vpcId = a.vpc();
  a.make("internetGateway", { vpcId });
  const subnet = (n: number, zone: string) =>
    a.make("subnet", { vpcId, cidrBlock: `10.0.${n}.0/${size}`, availabilityZone: `us-east-1${zone}` });
  const subnets = [subnet(1, "a"), subnet(2, "b")];
  return { vpcId, subnets, group: a.make("securityGroup", { vpcId }) };
}

const services = [
  "ecs",
  "ecr.api",
  "ecr.dkr",
  "logs",
  "ssm",
  "ssmmessages",
  "ec2messages",
  "sts",
  "kms",
  "secretsmanager",
];

/** Makes interface endpoints, each of which takes an address in each of the subnets. */
function endpoints(a: Account, { vpcId, subnets }: ReturnType<typeof network>, count: number): string[] {
  return services.slice(0, count).map((service) =>
    a.make("vpcEndpoint", {
      vpcId,
      serviceName: `com.amazonaws.us-east-1.${service}`,
      vpcEndpointType: "Interface",
      subnetIds: subnets,
    }),
  );
}

const resolver = (a: Account, { subnets, group }: ReturnType<typeof network>) =>
  a.make("resolverEndpoint", {
    direction: "INBOUND",
    securityGroupIds: [group],
    ipAddresses: subnets.map((subnetId) => ({ subnetId })),
  });

const balancer = (a: Account, { subnets }: ReturnType<typeof network>, more: object) =>
  a.make("loadBalancer", { name: "web", internal: true, subnets, ...more });

test("a /28 has eleven addresses, none of them AWS's own five, and a twelfth interface is refused", (t) => {
  const a = new Account();
  const net = network(a, 28);
  const ids = endpoints(a, net, 10);
  const used = ids.flatMap((id) =>
    (a.outputs("vpcEndpoint", id).subnetConfigurations as { subnetId: string; ipv4: string }[])
      .filter(({ subnetId }) => subnetId === net.subnets[0])
      .map(({ ipv4 }) => Number(ipv4.split(".")[3])),
  );
  resolver(a, net);
  t.deepEqual(
    used.toSorted((x, y) => x - y),
    [4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
  );
  const full = () => resolver(a, net);
  t.is(
    messageOf(t.throws(full)),
    "api error InvalidRequestException: The subnet 'subnet-ID' does not have enough free IP addresses",
  );
});

test("an endpoint in a full subnet is refused", (t) => {
  const a = new Account();
  const net = network(a, 28);
  resolver(a, net);
  resolver(a, net);
  endpoints(a, net, 9);
  const full = () =>
    a.make("vpcEndpoint", {
      vpcId: net.vpcId,
      serviceName: "com.amazonaws.us-east-1.secretsmanager",
      vpcEndpointType: "Interface",
      subnetIds: net.subnets,
    });
  t.is(
    messageOf(t.throws(full)),
    "api error InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses to satisfy the request.",
  );
});

test("a NAT gateway in a full subnet is refused", (t) => {
  const a = new Account();
  const net = network(a, 28);
  resolver(a, net);
  endpoints(a, net, 10);
  const nat = () =>
    a.make("natGateway", { subnetId: net.subnets[0], allocationId: a.make("eip", { domain: "vpc" }) });
  t.is(
    messageOf(t.throws(nat)),
    "api error InsufficientFreeAddressesInSubnet: Subnet has insufficient free addresses to create this NAT gateway",
  );
});

test("an application load balancer needs subnets of /27", (t) => {
  const a = new Account();
  const create = () => balancer(a, network(a, 28), { loadBalancerType: "application" });
  t.is(
    messageOf(t.throws(create)),
    "api error InvalidSubnet: The subnet 'subnet-ID' has the range 10.0.1.0/28, and a load balancer needs a subnet of at least /27",
  );
});

for (const { loadBalancerType, size, resolvers } of [
  { loadBalancerType: "application", size: 27, resolvers: 20 },
  { loadBalancerType: "network", size: 28, resolvers: 4 },
] as const)
  test(`a load balancer needs eight free addresses in each subnet: ${loadBalancerType}`, (t) => {
    const a = new Account();
    const net = network(a, size);
    for (let n = 0; n < resolvers; n++) resolver(a, net);
    const create = () => balancer(a, net, { loadBalancerType });
    t.is(
      messageOf(t.throws(create)),
      "api error InvalidSubnet: Not enough IP space available in subnet-ID. ELB requires at least 8 free IP addresses in each subnet.",
    );
  });

test("an internal network load balancer with addresses of its own needs no others", (t) => {
  const a = new Account();
  const net = network(a, 28);
  endpoints(a, net, 8);
  const subnetMappings = net.subnets.map((subnetId, n) => ({
    subnetId,
    privateIpv4Address: `10.0.${n + 1}.14`,
  }));
  const id = balancer(a, net, { loadBalancerType: "network", subnets: undefined, subnetMappings });
  t.deepEqual(a.outputs("loadBalancer", id).simulatedAddresses, ["10.0.1.14", "10.0.2.14"]);
});

test("two VPCs of one range do not take each other's addresses", (t) => {
  const a = new Account();
  const addresses = [network(a, 24), network(a, 24)].map((net) => {
    const id = resolver(a, net);
    return (a.outputs("resolverEndpoint", id).ipAddresses as { ip: string }[]).map(({ ip }) => ip);
  });
  t.deepEqual(addresses[0], addresses[1]);
});
