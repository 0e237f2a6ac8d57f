/** What a change of a load balancer's subnets and security groups does: terraform-provider-aws, elbv2/load_balancer.go. */
import test from "ava";
import { Account } from "./account.ts";
import { type Case, refuses } from "./refusal.ts";

/** A load balancer in two zones, and a subnet in a third. */
function made(a: Account, loadBalancerType: "network" | "application") {
  const { vpcId, subnets, group } = a.network();
  const third = a.make("subnet", { vpcId, cidrBlock: "10.0.3.0/24", availabilityZone: "us-east-1c" });
  const inputs = { name: "web", internal: true, loadBalancerType, subnets, securityGroups: [group] };
  return { id: a.make("loadBalancer", inputs), inputs, subnets, third, group };
}

test("a zone removed replaces a network load balancer, and a zone added does not", (t) => {
  const a = new Account();
  const { id, inputs, subnets, third } = made(a, "network");
  const replaces = (changed: object) => a.plan("loadBalancer", id, { ...inputs, ...changed }).replaces;
  t.deepEqual(replaces({ subnets: [subnets[0]] }), ["subnets"]);
  t.deepEqual(replaces({ subnets: [subnets[0], third] }), ["subnets"]);
  t.deepEqual(replaces({ subnets: [...subnets, third] }), []);
});

test("a subnet that is not known yet does not replace a network load balancer in a preview", (t) => {
  const a = new Account();
  const { id, inputs, subnets } = made(a, "network");
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const plan = a.plan("loadBalancer", id, { ...inputs, subnets: [subnets[0], unknown] });
  t.like(plan, { changes: true, replaces: [] });
});

test("the order of subnets does not matter", (t) => {
  const a = new Account();
  const { id, inputs, subnets } = made(a, "network");
  t.false(a.plan("loadBalancer", id, { ...inputs, subnets: subnets.toReversed() }).changes);
});

test("a network load balancer is replaced to gain its first security group, or to lose its last", (t) => {
  const a = new Account();
  const { id, inputs, group } = made(a, "network");
  t.deepEqual(a.plan("loadBalancer", id, { ...inputs, securityGroups: [] }).replaces, ["securityGroups"]);
  t.deepEqual(a.plan("loadBalancer", id, { ...inputs, securityGroups: ["sg-1"] }).replaces, []);
  const bare = { ...inputs, name: "bare", securityGroups: [] };
  const without = a.make("loadBalancer", bare);
  const { replaces } = a.plan("loadBalancer", without, { ...bare, securityGroups: [group] });
  t.deepEqual(replaces, ["securityGroups"]);
});

test("an application load balancer changes its zones in place, and keeps its address in a zone that stays", (t) => {
  const a = new Account();
  const { id, inputs, subnets, third } = made(a, "application");
  const changed = { ...inputs, subnets: [third, subnets[1]] };
  t.like(a.plan("loadBalancer", id, changed), { changes: true, replaces: [] });
  const before = a.outputs("loadBalancer", id).simulatedAddresses;
  t.deepEqual(before, ["10.0.1.16", "10.0.2.16"]);
  t.deepEqual(a.change("loadBalancer", id, changed).simulatedAddresses, ["10.0.3.16", "10.0.2.16"]);
});

const other = (a: Account) => {
  const vpcId = a.vpc("10.1.0.0/16");
  const subnet = (n: number, zone: string) =>
    a.make("subnet", { vpcId, cidrBlock: `10.1.${n}.0/24`, availabilityZone: `us-east-1${zone}` });
  return { subnets: [subnet(1, "a"), subnet(2, "b")], group: a.make("securityGroup", { vpcId }) };
};

const cases: Case[] = [
  [
    "a load balancer that moves to the subnets of another VPC",
    (a) => {
      const { id, inputs } = made(a, "application");
      a.change("loadBalancer", id, { ...inputs, subnets: other(a).subnets });
    },
    "api error InvalidConfigurationRequest: The subnets must belong to the VPC of the load balancer, vpc-ID",
  ],
  [
    "a load balancer that gets a security group of another VPC",
    (a) => {
      const { id, inputs } = made(a, "application");
      a.change("loadBalancer", id, { ...inputs, securityGroups: [other(a).group] });
    },
    'api error InvalidConfigurationRequest: Security group "sg-ID" does not belong to VPC "vpc-ID"',
  ],
  [
    "a new load balancer with a security group of another VPC",
    (a) => {
      const subnets = a.subnets(a.vpc());
      a.make("loadBalancer", { name: "web", internal: true, subnets, securityGroups: [other(a).group] });
    },
    'api error InvalidConfigurationRequest: Security group "sg-ID" does not belong to VPC "vpc-ID"',
  ],
];

refuses(cases);
