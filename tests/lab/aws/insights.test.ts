/** The log group that Container Insights creates when no stack has: AWS leaves it for good. */
import test from "ava";
import { registerInstance } from "../../../lab/aws/control/instances.ts";
import { schedule } from "../../../lab/aws/control/scheduler.ts";
import { Account } from "./account.ts";
import { call } from "./client.ts";
import { messageOf } from "./refusal.ts";

const name = "/aws/ecs/containerinsights/home/performance";

/** A cluster with a node. */
function working(a: Account, value: "enabled" | "enhanced" | "disabled"): string {
  const id = a.make("cluster", { name: "home", settings: [{ name: "containerInsights", value }] });
  registerInstance(a.aws, "mi-1", {
    cluster: "home",
    cpu: 4096,
    memory: 1024,
    reservedPorts: [],
    reservedPortsUdp: [],
    attributes: {},
    versionInfo: {},
  });
  schedule(a.aws);
  return id;
}

const groups = (a: Account) => Object.keys(a.aws.runtime.logs);

for (const value of ["enabled", "enhanced"] as const)
  test(`AWS creates the group and leaves it after the cluster: ${value}`, (t) => {
    const a = new Account();
    const id = working(a, value);
    t.deepEqual(groups(a), [name]);
    for (const instance of Object.values(a.aws.runtime.ecs.instances)) instance.status = "INACTIVE";
    a.drop("cluster", id);
    t.deepEqual(groups(a), [name]);
  });

test("without Container Insights there is none, and once it is switched on there is", (t) => {
  const a = new Account();
  const id = working(a, "disabled");
  t.deepEqual(groups(a), []);
  a.change("cluster", id, { name: "home", settings: [{ name: "containerInsights", value: "enabled" }] });
  schedule(a.aws);
  t.deepEqual(groups(a), [name]);
});

test("a stack's own group is used, and goes with the stack", (t) => {
  const a = new Account();
  const group = a.make("logGroup", { name, retentionInDays: 30 });
  working(a, "enabled");
  t.deepEqual(groups(a), []);
  a.drop("logGroup", group);
  t.deepEqual(a.aws.resources("aws:cloudwatch/logGroup:LogGroup"), []);
});

test("a stack cannot create the group that AWS has created, until somebody deletes it", async (t) => {
  const a = new Account();
  working(a, "enabled");
  t.is(
    messageOf(t.throws(() => a.make("logGroup", { name }))),
    "api error ResourceAlreadyExistsException: The specified log group already exists",
  );
  t.is((await call(a, "logs", "DeleteLogGroup", { logGroupName: name })).status, 200);
  a.make("logGroup", { name });
  t.is(a.outputs("logGroup", name).name, name);
});

test("a log group with skipDestroy stays in AWS", (t) => {
  const a = new Account();
  a.drop("logGroup", a.make("logGroup", { name: "/kept", skipDestroy: true }));
  t.deepEqual(groups(a), ["/kept"]);
});
