import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import test from "ava";
import { differences } from "../../../lab/changes/account.ts";
import { isMeant, mayMeet, opposite, stepsOf } from "../../../lab/changes/steps.ts";

const event = (op: string, type: string, name: string) =>
  ({
    resourcePreEvent: { metadata: { op, urn: `urn:pulumi:home::p::hybrid:a:B$${type}::${name}` } },
  }) as unknown as EngineEvent;

test("a replacement is one step, and nothing else than resources that change are told", (t) => {
  const steps = stepsOf([
    event("same", "aws:ec2/vpc:Vpc", "network-vpc"),
    event("create-replacement", "aws:lb/loadBalancer:LoadBalancer", "web-lb"),
    event("replace", "aws:lb/loadBalancer:LoadBalancer", "web-lb"),
    event("delete-replaced", "aws:lb/loadBalancer:LoadBalancer", "web-lb"),
    event("create", "hybrid:service:ExternalService", "web"),
    event("create", "pulumi:providers:aws", "default"),
    event("update", "command:remote:Command", "pi-1-docker"),
  ]);
  t.deepEqual(steps, ["replace LoadBalancer web-lb", "update Command pi-1-docker"]);
});

test("a star in a claim stands for any text, and nothing else does", (t) => {
  t.true(isMeant("update Command *-docker", "update Command pi-1-docker"));
  t.true(isMeant("create SecurityGroup*Rule web-*", "create SecurityGroupIngressRule web-80-from-vpc"));
  t.false(isMeant("update Command *-docker", "create Command pi-1-docker"));
  t.false(isMeant("create ResolverRule home.arpa", "create ResolverRule home-arpa"));
});

test("claims meet where a resource can be in both", (t) => {
  t.true(mayMeet("update LoadBalancer *", "replace LoadBalancer web-lb"));
  t.true(mayMeet("update Command *-docker", "create Command pi-1-*"));
  t.false(mayMeet("update Command *-docker", "create Command pi-1-fan"));
  t.false(mayMeet("update LoadBalancer web-lb", "replace LoadBalancer front-lb"));
  t.true(mayMeet("update *", "replace LoadBalancer web-lb"));
  t.false(mayMeet("create * network-*", "update SecurityGroup*Rule web-*"));
});

test("the way back deletes what the way there created", (t) => {
  t.deepEqual(opposite(["create Vpc a", "delete Vpc b", "update Vpc c", "replace Vpc d"]), [
    "delete Vpc a",
    "create Vpc b",
    "update Vpc c",
    "replace Vpc d",
  ]);
});

test("accounts differ by what only one of them has, as often as it has it", (t) => {
  t.deepEqual(differences(["a", "a", "b"], ["a", "b", "c"]), ["- a", "+ c"]);
});
