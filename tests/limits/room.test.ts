/** What fits into a subnet by the rule also fits into one of the simulated AWS, whichever of it comes first. */
import test from "ava";
import fc from "fast-check";
import { neededBy, prefixFor, roomIn, roomProblems, type Takers } from "../../limits/network/room.ts";
import { endpointServices } from "../../limits/private-connectivity/endpoint-services.ts";
import { Account } from "../lab/aws/account.ts";

const services = Object.keys(endpointServices).filter((service) => service !== "s3");

const takers: fc.Arbitrary<Takers> = fc.record({
  endpoints: fc.nat(services.length),
  resolvers: fc.nat(4),
  networkBalancers: fc.nat(3),
  applicationBalancers: fc.nat(3),
  natGateways: fc.nat(1),
});

/** Makes all of it in two subnets of a size, in an order. */
function place(
  size: number,
  { endpoints, resolvers, networkBalancers, applicationBalancers, natGateways }: Takers,
  order: readonly number[],
): void {
  const a = new Account();
  const vpcId = a.make("vpc", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
  a.make("internetGateway", { vpcId });
  const group = a.make("securityGroup", { vpcId });
  a.make("securityGroupIngressRule", {
    securityGroupId: group,
    ipProtocol: "tcp",
    fromPort: 53,
    toPort: 53,
    cidrIpv4: "10.0.0.0/8",
  });
  const subnets = ["a", "b"].map((letter, i) =>
    a.make("subnet", {
      vpcId,
      cidrBlock: `10.0.${i * 16}.0/${size}`,
      availabilityZone: `us-east-1${letter}`,
    }),
  );
  const times = (count: number, make: (i: number) => void) =>
    Array.from({ length: count }, (_, i) => () => make(i));
  const balancer = (type: string) => (i: number) =>
    a.make("loadBalancer", {
      name: `${type}-${i}`,
      loadBalancerType: type,
      internal: true,
      subnets,
      securityGroups: [group],
    });
  const all = [
    ...times(endpoints, (i) =>
      a.make("vpcEndpoint", {
        vpcId,
        vpcEndpointType: "Interface",
        serviceName: `com.amazonaws.us-east-1.${services[i]}`,
        subnetIds: subnets,
        securityGroupIds: [group],
      }),
    ),
    ...times(resolvers, (i) =>
      a.make("resolverEndpoint", {
        name: `resolver-${i}`,
        direction: "INBOUND",
        securityGroupIds: [group],
        ipAddresses: subnets.map((subnetId) => ({ subnetId })),
      }),
    ),
    ...times(networkBalancers, balancer("network")),
    ...times(applicationBalancers, balancer("application")),
    ...times(natGateways, () => {
      for (const subnetId of subnets) a.make("natGateway", { subnetId, allocationId: a.make("eip", {}) });
    }),
  ];
  for (const { make } of all
    .map((make, i) => ({ make, rank: order[i % order.length] ?? 0 }))
    .sort((x, y) => x.rank - y.rank))
    make();
}

test("AWS takes whatever the rule takes, in any order", (t) => {
  fc.assert(
    fc.property(
      takers,
      fc.integer({ min: 22, max: 28 }),
      fc.array(fc.nat(), { minLength: 1 }),
      (some, size, order) => {
        const problems = roomProblems(
          { field: "f", value: "v" },
          "have",
          `10.0.0.0/${size}`,
          some,
          "choose a wider one",
        );
        if (problems.length === 0) place(size, some, order);
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});

test("without load balancers, AWS refuses whatever the rule refuses", (t) => {
  const alone = takers.map((some) => ({ ...some, networkBalancers: 0, applicationBalancers: 0 }));
  fc.assert(
    fc.property(alone, (some) => {
      if (neededBy(some) > roomIn("10.0.0.0/28"))
        t.throws(() => place(28, some, [0]), undefined, JSON.stringify(some));
    }),
    { numRuns: 40 },
  );
});

test("the size that a remedy names is the smallest that holds all", (t) => {
  fc.assert(
    fc.property(takers, (some) => {
      const size = prefixFor(some);
      const isRefused = (bits: number) =>
        roomProblems({ field: "f", value: "v" }, "have", `10.0.0.0/${bits}`, some, "choose a wider one")
          .length > 0;
      t.false(isRefused(size), JSON.stringify(some));
      if (neededBy(some) > 0) t.true(isRefused(size + 1), JSON.stringify(some));
    }),
  );
});
