import test from "ava";
import type { Properties } from "../../../lab/aws/account.ts";
import { resolverAddresses } from "../../../lab/aws/services/private-connectivity/resolver-endpoint.ts";
import { Account, typeOf } from "./account.ts";
import { type Case, held, refuses } from "./refusal.ts";

function resolver(a: Account, direction = "INBOUND", ips: readonly (string | undefined)[] = []) {
  const network = a.network();
  const inputs = {
    direction,
    ipAddresses: network.subnets.map((subnetId, i) => ({ subnetId, ...(ips[i] ? { ip: ips[i] } : {}) })),
    securityGroupIds: [network.group],
  };
  return { ...network, inputs, id: a.make("resolverEndpoint", inputs) };
}

/** Creates a rule that forwards home.arpa through an outbound endpoint. */
function rule(a: Account, more: Properties = {}) {
  const { vpcId, id: resolverEndpointId } = resolver(a, "OUTBOUND");
  const forward = {
    ruleType: "FORWARD",
    domainName: "home.arpa",
    resolverEndpointId,
    targetIps: [{ ip: "192.168.1.1" }],
    ...more,
  };
  return { vpcId, resolverEndpointId, forward, id: a.make("resolverRule", forward) };
}

const ips = (a: Account, id: string) =>
  resolverAddresses(a.outputs("resolverEndpoint", id))
    .map(({ ip }) => ip)
    .toSorted();

test("ids have AWS's shape", (t) => {
  const a = new Account();
  t.regex(resolver(a).id, /^rslvr-in-[0-9a-f]{17}$/);
  const { vpcId, resolverEndpointId, id } = rule(a);
  t.regex(resolverEndpointId, /^rslvr-out-[0-9a-f]{17}$/);
  t.regex(id, /^rslvr-rr-[0-9a-f]{17}$/);
  t.regex(a.make("resolverRuleAssociation", { resolverRuleId: id, vpcId }), /^rslvr-rrassoc-[0-9a-f]{17}$/);
});

test("addresses are chosen by AWS or fixed", (t) => {
  const a = new Account();
  const { id, vpcId, subnets } = resolver(a, "INBOUND", [undefined, "10.0.2.10"]);
  t.deepEqual(ips(a, id), ["10.0.1.16", "10.0.2.10"]);
  t.like(a.outputs("resolverEndpoint", id), { hostVpcId: vpcId, protocols: ["Do53"] });
  for (const { ipId, subnetId } of resolverAddresses(a.outputs("resolverEndpoint", id))) {
    t.regex(ipId, /^rni-[0-9a-f]{17}$/);
    t.true(subnets.includes(subnetId));
  }
});

test("addresses come and go in place, and those that stay keep their interface", (t) => {
  const a = new Account();
  const { id, vpcId, inputs } = resolver(a, "INBOUND", ["10.0.1.10", "10.0.2.10"]);
  const subnetId = a.make("subnet", { vpcId, cidrBlock: "10.0.3.0/24", availabilityZone: "us-east-1c" });
  const before = resolverAddresses(a.outputs("resolverEndpoint", id));
  const wanted = { ...inputs, ipAddresses: [inputs.ipAddresses[1], { subnetId, ip: "10.0.3.10" }] };
  t.deepEqual(a.aws.diff(typeOf("resolverEndpoint"), id, {}, wanted).replaces, []);
  const after = resolverAddresses(a.aws.update(typeOf("resolverEndpoint"), id, {}, wanted));
  t.deepEqual(after.map(({ ip }) => ip).toSorted(), ["10.0.2.10", "10.0.3.10"]);
  const kept = (all: typeof after) => all.find(({ ip }) => ip === "10.0.2.10")?.ipId;
  t.is(kept(after), kept(before));
});

// why: Pulumi's provider carries a patch that tells addresses apart by their subnets alone.
test("Pulumi's provider does not see another address in the same subnet", (t) => {
  const a = new Account();
  const { id, inputs, subnets } = resolver(a, "INBOUND", ["10.0.1.10"]);
  const [first, second] = subnets;
  for (const ipAddresses of [
    [{ subnetId: first, ip: "10.0.1.11" }, { subnetId: second }],
    [{ subnetId: second, ip: "10.0.2.10" }, { subnetId: first }],
  ])
    t.false(a.plan("resolverEndpoint", id, { ...inputs, ipAddresses }).changes);
  const moved = { ...inputs, ipAddresses: [{ subnetId: first, ip: "10.0.1.11" }, { subnetId: second }] };
  a.change("resolverEndpoint", id, { ...moved, tags: { Name: "x" } });
  t.deepEqual(ips(a, id), ["10.0.1.10", "10.0.2.16"]);
});

test("an update without changes keeps the addresses that AWS chose", (t) => {
  const a = new Account();
  const { id, inputs } = resolver(a);
  const before = ips(a, id);
  a.aws.update(typeOf("resolverEndpoint"), id, {}, { ...inputs, tags: { Name: "x" } });
  t.deepEqual(ips(a, id), before);
});

test("a change of security groups replaces an endpoint; a change of servers does not replace a rule", (t) => {
  const a = new Account();
  const { id, inputs } = resolver(a);
  const groups = { ...inputs, securityGroupIds: ["sg-1"] };
  t.deepEqual(a.aws.diff(typeOf("resolverEndpoint"), id, {}, groups).replaces, ["securityGroupIds"]);
  const made = rule(a);
  const servers = { ...made.forward, targetIps: [{ ip: "192.168.1.2", port: 5353 }] };
  t.deepEqual(a.aws.diff(typeOf("resolverRule"), made.id, {}, servers).replaces, []);
  t.deepEqual(a.aws.update(typeOf("resolverRule"), made.id, {}, servers).targetIps, [
    { ip: "192.168.1.2", port: 5353, protocol: "Do53" },
  ]);
  const domain = { ...made.forward, domainName: "lan" };
  t.deepEqual(a.aws.diff(typeOf("resolverRule"), made.id, {}, domain).replaces, ["domainName"]);
});

test("query logs need a log group, and one association per VPC", (t) => {
  const a = new Account();
  const group = a.make("logGroup", { name: "/dns" });
  const config = { name: "queries", destinationArn: a.text("logGroup", group, "arn") };
  const id = a.make("resolverQueryLogConfig", config);
  const resourceId = a.vpc();
  const association = { resolverQueryLogConfigId: id, resourceId };
  const associated = a.make("resolverQueryLogConfigAssociation", association);
  t.throws(() => a.make("resolverQueryLogConfigAssociation", association), {
    message: /ResourceExistsException/,
  });
  t.throws(() => a.drop("resolverQueryLogConfig", id), { message: /disassociate them before deleting/ });
  a.drop("resolverQueryLogConfigAssociation", associated);
  a.drop("resolverQueryLogConfig", id);
  t.is(a.aws.resources(typeOf("resolverQueryLogConfig")).length, 0);
});

const cases: Case[] = [
  [
    "one address",
    (a) => {
      const { subnets, group } = a.network();
      a.make("resolverEndpoint", {
        direction: "INBOUND",
        ipAddresses: [{ subnetId: subnets[0] }],
        securityGroupIds: [group],
      });
    },
    "api error InvalidRequestException: [RSLVR-00400] Resolver endpoint need to have at least 2 IP addresses.",
  ],
  [
    "an address in another subnet",
    (a) => resolver(a, "INBOUND", ["10.0.2.10"]),
    "api error InvalidRequestException: [RSLVR-00405] IP address '10.0.2.10' is either not in subnet 'subnet-ID' CIDR range or is reserved",
  ],
  [
    "an address that AWS reserves",
    (a) => resolver(a, "INBOUND", ["10.0.1.255"]),
    "api error InvalidRequestException: [RSLVR-00405] IP address '10.0.1.255' is either not in subnet 'subnet-ID' CIDR range or is reserved",
  ],
  [
    "an address that another resource has",
    (a) => {
      const { subnets, group } = resolver(a, "INBOUND", ["10.0.1.10"]);
      const ipAddresses = [{ subnetId: subnets[0], ip: "10.0.1.10" }, { subnetId: subnets[1] }];
      a.make("resolverEndpoint", { direction: "OUTBOUND", ipAddresses, securityGroupIds: [group] });
    },
    "api error ResourceExistsException: The IP address '10.0.1.10' in subnet 'subnet-ID' is already in use",
  ],
  [
    "the same address twice",
    (a) => {
      const { subnets, group } = a.network();
      const address = { subnetId: subnets[0], ip: "10.0.1.10" };
      a.make("resolverEndpoint", {
        direction: "INBOUND",
        ipAddresses: [address, address],
        securityGroupIds: [group],
      });
    },
    "api error ResourceExistsException: The IP address '10.0.1.10' in subnet 'subnet-ID' is already in use",
  ],
  [
    "a subnet that does not exist",
    (a) => {
      const { group } = a.network();
      const ipAddresses = [{ subnetId: "subnet-0" }, { subnetId: "subnet-1" }];
      a.make("resolverEndpoint", { direction: "INBOUND", ipAddresses, securityGroupIds: [group] });
    },
    "api error InvalidParameterException: The subnet ID 'subnet-0' does not exist",
  ],
  [
    "a security group that does not exist",
    (a) => {
      const ipAddresses = a.network().subnets.map((subnetId) => ({ subnetId }));
      a.make("resolverEndpoint", { direction: "INBOUND", ipAddresses, securityGroupIds: ["sg-0"] });
    },
    "api error ResourceNotFoundException: The security group 'sg-0' does not exist",
  ],
  [
    "a name with a dot",
    (a) => rule(a, { name: "home.arpa" }),
    "name: must not be of digits only, and be of letters, digits, - _ ' and space",
  ],
  [
    "a forwarding rule without servers",
    (a) => rule(a, { targetIps: [] }),
    "api error InvalidRequestException: Resolver endpoint ID and target IP must be specified for FORWARD type resolver rule",
  ],
  [
    "a forwarding rule with an inbound endpoint",
    (a) => rule(a, { resolverEndpointId: resolver(a).id }),
    "api error InvalidRequestException: Resolver endpoint 'rslvr-in-ID' is not an OUTBOUND resolver endpoint",
  ],
  [
    "a rule for the same domain twice in a VPC",
    (a) => {
      const { vpcId, id, forward } = rule(a);
      a.make("resolverRuleAssociation", { resolverRuleId: id, vpcId });
      a.make("resolverRuleAssociation", { resolverRuleId: a.make("resolverRule", forward), vpcId });
    },
    "api error InvalidRequestException: Cannot associate rules with same domain name with same VPC. Conflict with resolver rule 'rslvr-rr-ID'",
  ],
  [
    "a rule that sends the VPC's queries back to the VPC",
    (a) => {
      const { id: inbound, vpcId } = resolver(a);
      const { id } = rule(a, { targetIps: [{ ip: ips(a, inbound)[0] }] });
      a.make("resolverRuleAssociation", { resolverRuleId: id, vpcId });
    },
    "api error InvalidRequestException: [RSLVR-00804] Cannot associate rule rslvr-rr-ID to VPC vpc-ID because the VPC include an INBOUND resolver endpoints with rule's target IP. Please try a different rule or update rule's target IP.",
  ],
  [
    "query logs to a log group that does not exist",
    (a) =>
      a.make("resolverQueryLogConfig", {
        name: "q",
        destinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:/x",
      }),
    "api error InvalidParameterException: The destination 'arn:aws:logs:us-east-1:123456789012:log-group:/x' does not exist",
  ],
];
refuses(cases);

held(
  "a subnet with a resolver's address",
  (a) => {
    const { subnets } = resolver(a);
    return () => a.drop("subnet", subnets[1]);
  },
  /^api error DependencyViolation: The subnet 'subnet-ID' has dependencies/,
);
held(
  "a resolver's security group",
  (a) => {
    const { group } = resolver(a);
    return () => a.drop("securityGroup", group);
  },
  /^api error DependencyViolation: resource sg-ID has a dependent object$/,
);
held(
  "an endpoint with a rule",
  (a) => {
    const { resolverEndpointId } = rule(a);
    return () => a.drop("resolverEndpoint", resolverEndpointId);
  },
  /still exist for this resolver endpoint: "rslvr-rr-ID"$/,
);
held(
  "a rule with a VPC",
  (a) => {
    const { id, vpcId } = rule(a);
    a.make("resolverRuleAssociation", { resolverRuleId: id, vpcId });
    return () => a.drop("resolverRule", id);
  },
  /^api error ResourceInUseException: Please disassociate this resolver rule from VPC first before deleting$/,
);
