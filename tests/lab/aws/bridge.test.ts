/** What a failed update leaves in Pulumi's state, and what the next one makes of it. */
import test from "ava";
import { planKey } from "../../../lab/aws/bridge.ts";
import { HalfMade } from "../../../lab/aws/errors.ts";
import { Account, typeOf } from "./account.ts";

/** A load balancer whose security group shall become one of another VPC, which AWS refuses. */
function refused(a: Account) {
  const { subnets, group } = a.network();
  const foreign = a.make("securityGroup", { vpcId: a.vpc("10.1.0.0/16") });
  const type = typeOf("loadBalancer");
  const inputs = { name: "web", internal: true, subnets, securityGroups: [group], idleTimeout: 60 };
  const id = a.make("loadBalancer", inputs);
  const wanted = { ...inputs, securityGroups: [foreign], idleTimeout: 120 };
  const before = a.outputs("loadBalancer", id);
  const update = (olds: object, news: object) => a.aws.update(type, id, { ...olds }, { ...news });
  return { type, id, group, inputs, wanted, before, update };
}

test("after a failed update the state has the new inputs, so the next one finds no difference and does not call AWS", (t) => {
  const a = new Account();
  const { type, id, inputs, wanted, before, update } = refused(a);
  t.throws(() => update(before, wanted), { message: /does not belong to VPC/ });
  const state = a.aws.afterFailure(type, id, before, wanted) ?? {};
  t.like(state, { securityGroups: wanted.securityGroups, idleTimeout: 120, arn: before.arn });
  t.false(a.aws.diff(type, id, state, wanted).changes);
  t.deepEqual(update(state, wanted), state);
  t.like(a.outputs("loadBalancer", id), { securityGroups: inputs.securityGroups, idleTimeout: 60 });
});

test("a refresh shows what AWS has, and then the next update tries again", (t) => {
  const a = new Account();
  const { type, id, wanted, before, update } = refused(a);
  const state = a.aws.afterFailure(type, id, before, wanted) ?? {};
  const refreshed = a.aws.read(type, id, state)?.outputs ?? {};
  t.false(planKey in refreshed);
  t.true(a.aws.diff(type, id, refreshed, wanted).changes);
  t.throws(() => update(refreshed, wanted), { message: /does not belong to VPC/ });
});

test("an update after a failed one sends only what has changed since", (t) => {
  const a = new Account();
  const { type, id, group, wanted, before, update } = refused(a);
  const state = a.aws.afterFailure(type, id, before, wanted) ?? {};
  const after = update(state, { ...wanted, securityGroups: [group] });
  t.like(after, { securityGroups: [group], idleTimeout: 60 });
  t.false(planKey in after);
});

for (const [resource, noun] of [
  ["internetGateway", "an internet gateway"],
  ["vpnGateway", "a VPN gateway"],
] as const)
  test(`a second gateway of a VPC is made, and stays unattached: ${noun}`, (t) => {
    const a = new Account();
    const vpcId = a.vpc();
    a.make(resource, { vpcId });
    const error = t.throws<HalfMade>(() => a.make(resource, { vpcId }), { instanceOf: HalfMade });
    t.regex(error?.message ?? "", /^operation error EC2: Attach/);
    t.is(error?.made.outputs.vpcId, undefined);
    t.is(a.outputs(resource, error?.made.id ?? "").vpcId, undefined);
    a.drop(resource, error?.made.id ?? "");
    t.is(a.aws.resources(typeOf(resource)).length, 1);
  });

test("a load balancer whose logs are refused is made, without logs", (t) => {
  const a = new Account();
  const inputs = { name: "web", internal: true, subnets: a.subnets(a.vpc()) };
  const accessLogs = { bucket: "nobody-s", enabled: true };
  const error = t.throws<HalfMade>(() => a.make("loadBalancer", { ...inputs, accessLogs }), {
    instanceOf: HalfMade,
  });
  t.regex(error?.message ?? "", /ModifyLoadBalancerAttributes.*Access Denied for bucket/);
  t.is(a.outputs("loadBalancer", error?.made.id ?? "").accessLogs, undefined);
});

test("the newer plugin framework keeps the former state", (t) => {
  const a = new Account();
  const securityGroupId = a.make("securityGroup", { vpcId: a.vpc() });
  const rule = { securityGroupId, ipProtocol: "tcp", fromPort: 80, toPort: 80, cidrIpv4: "10.0.0.0/16" };
  const id = a.make("securityGroupIngressRule", rule);
  const type = typeOf("securityGroupIngressRule");
  t.is(a.aws.afterFailure(type, id, a.outputs("securityGroupIngressRule", id), rule), undefined);
});

test("the provider sees a rollback after a refresh only", (t) => {
  const a = new Account();
  a.cluster();
  const [first, second] = [a.taskDefinition(), a.taskDefinition()];
  const inputs = { name: "app", cluster: "home", launchType: "EXTERNAL", desiredCount: 1 };
  const id = a.make("service", { ...inputs, taskDefinition: second });
  const type = typeOf("service");
  const before = a.outputs("service", id);
  const [deployment] = a.aws.runtime.ecs.services[id]?.deployments ?? [];
  if (deployment) deployment.taskDefinitionArn = first;
  const wanted = { ...inputs, taskDefinition: second };
  t.false(a.aws.diff(type, id, before, wanted).changes);
  const refreshed = a.aws.read(type, id, before);
  t.is(refreshed?.outputs.taskDefinition, first);
  t.is(refreshed?.inputs.taskDefinition, first);
  t.true(a.aws.diff(type, id, refreshed?.outputs ?? {}, wanted).changes);
});
