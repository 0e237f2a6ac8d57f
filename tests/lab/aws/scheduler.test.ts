import test from "ava";
import { deregisterInstance, poll, registerInstance } from "../../../lab/aws/control/instances.ts";
import type { Task } from "../../../lab/aws/control/model.ts";
import { schedule } from "../../../lab/aws/control/scheduler.ts";
import { report } from "../../../lab/aws/control/tasks.ts";
import { closest, Home, unplaced } from "./home.ts";

const web = (home: Home, image: string) =>
  home.taskDefinition([home.container({ image, portMappings: [{ containerPort: 80, hostPort: 8080 }] })]);
const serviceType = "aws:ecs/service:Service";
const inputs = (home: Home, service: string, more: object) => ({
  ...home.aws.resource(serviceType, service)?.inputs,
  ...more,
});

test("with a fixed host port and minimum 0 %, the old task stops before the new one starts", (t) => {
  const home = new Home();
  const service = home.service({
    taskDefinition: web(home, "web:1"),
    deploymentMinimumHealthyPercent: 0,
    deploymentMaximumPercent: 100,
  });
  home.settle();
  const next = web(home, "web:2");
  home.aws.update(serviceType, service, {}, inputs(home, service, { taskDefinition: next }));
  schedule(home.aws);
  t.deepEqual(
    home.tasks("RUNNING").map((x) => x.desiredStatus),
    ["STOPPED"],
  );
  home.settle();
  t.deepEqual(
    home.tasks("RUNNING").map((x) => x.taskDefinitionArn),
    [next],
  );
  t.is(home.of(service).deployments.length, 1);
});

test("with a fixed host port and minimum 100 %, the deployment is stuck on the port, as on AWS", (t) => {
  const home = new Home();
  const service = home.service({ taskDefinition: web(home, "web:1") });
  home.settle();
  home.aws.update(serviceType, service, {}, inputs(home, service, { taskDefinition: web(home, "web:2") }));
  home.settle();
  t.is(home.tasks("RUNNING").length, 1);
  t.is(
    home.messages(service)[0],
    unplaced(`${closest(home, 0)} is already using a port required by your task.`),
  );
});

test("without fixed ports, the new task starts before the old one stops", (t) => {
  const home = new Home();
  const service = home.service();
  home.settle();
  home.aws.update(serviceType, service, {}, inputs(home, service, { taskDefinition: home.taskDefinition() }));
  schedule(home.aws);
  t.deepEqual(
    home.tasks().map((x) => [x.lastStatus, x.desiredStatus]),
    [
      ["RUNNING", "RUNNING"],
      ["PENDING", "RUNNING"],
    ],
  );
  home.settle();
  t.is(home.tasks("RUNNING").length, 1);
});

test("a service that is pinned to another node moves there", (t) => {
  const home = new Home([{}, { redis: "true" }]);
  const [first, second] = home.nodes;
  const service = home.service({
    placementConstraints: [{ type: "memberOf", expression: "attribute:redis !exists" }],
  });
  home.settle();
  t.is(home.tasks("RUNNING")[0]?.containerInstanceArn, first?.arn);
  const placementConstraints = [{ type: "memberOf", expression: "attribute:redis == true" }];
  home.aws.update(serviceType, service, {}, inputs(home, service, { placementConstraints }));
  home.settle();
  t.deepEqual(
    home.tasks("RUNNING").map((x) => x.containerInstanceArn),
    [second?.arn],
  );
});

test("the circuit breaker rolls back to the last working task definition after three failed starts with growing pauses", (t) => {
  const home = new Home();
  const service = home.service({
    deploymentCircuitBreaker: { enable: true, rollback: true },
    deploymentMinimumHealthyPercent: 0,
    deploymentMaximumPercent: 100,
  });
  home.settle();
  const good = home.tasks("RUNNING")[0]?.taskDefinitionArn;
  const bad = home.taskDefinition([home.container({ image: "app:typo" })]);
  home.aws.update(serviceType, service, {}, inputs(home, service, { taskDefinition: bad }));
  home.settle((task) => (task.taskDefinitionArn === bad ? "STOPPED" : "RUNNING"), 20);
  t.is(home.tasks("STOPPED").filter((x) => x.taskDefinitionArn === bad).length, 3);
  t.deepEqual(
    home.tasks("RUNNING").map((x) => x.taskDefinitionArn),
    [good],
  );
  t.true(home.messages(service).some((m) => m.endsWith("deployment failed: tasks failed to start.")));
  t.true(home.messages(service).some((m) => m.includes("rolling back to deployment ecs-svc/")));
  const failed = home.tasks("STOPPED").find((x) => x.taskDefinitionArn === bad);
  t.like(failed, { stopCode: "TaskFailedToStart", stoppedReason: "CannotPullContainerError: no such image" });
});

test("without a circuit breaker, the deployment keeps trying, at longer and longer intervals", (t) => {
  const home = new Home();
  home.service();
  home.settle(() => "STOPPED", 30);
  // At 0, 1, 3, 7, 15 s; the next would be at 31 s.
  t.is(home.tasks().length, 5);
});

test("an unhealthy task is replaced", (t) => {
  const home = new Home();
  const check = { command: ["CMD", "true"], interval: 5 };
  const service = home.service({
    taskDefinition: home.taskDefinition([home.container({ healthCheck: check })]),
  });
  schedule(home.aws);
  const [first] = home.tasks();
  if (!first) return t.fail();
  const health = (task: Task, healthStatus: "HEALTHY" | "UNHEALTHY") =>
    report(home.aws, task, { status: "RUNNING", containers: [{ name: "app", healthStatus }] });
  report(home.aws, first, { status: "RUNNING", containers: [] });
  schedule(home.aws);
  t.is(home.of(service).deployments[0]?.rolloutState, "IN_PROGRESS");
  health(first, "HEALTHY");
  schedule(home.aws);
  t.is(home.of(service).deployments[0]?.rolloutState, "COMPLETED");
  health(first, "UNHEALTHY");
  schedule(home.aws);
  t.like(first, { desiredStatus: "STOPPED", stoppedReason: "Task failed container health checks" });
  t.is(home.tasks("PENDING").length, 1);
});

test("a silent node is disconnected and its task still counts; a deregistered node's task is placed elsewhere", (t) => {
  const home = new Home([{}, {}]);
  const service = home.service();
  home.settle();
  const on = home.nodes.find((n) => n.arn === home.tasks("RUNNING")[0]?.containerInstanceArn);
  if (!on) return t.fail();
  home.pass(41);
  schedule(home.aws);
  t.false(on.agentConnected);
  t.is(home.tasks("RUNNING").length, 1);
  for (const node of home.nodes) if (node !== on) poll(home.aws, node.arn, []);
  deregisterInstance(home.aws, on, true);
  home.settle();
  t.deepEqual(
    home.tasks("RUNNING").map((x) => x.containerInstanceArn),
    home.nodes.filter((n) => n !== on).map((n) => n.arn),
  );
  t.is(home.of(service).status, "ACTIVE");
});

test("a draining node's tasks move to another node", (t) => {
  const home = new Home([{}, {}]);
  home.service();
  home.settle();
  const on = home.nodes.find((n) => n.arn === home.tasks("RUNNING")[0]?.containerInstanceArn);
  if (!on) return t.fail();
  on.status = "DRAINING";
  home.settle();
  t.is(home.tasks("RUNNING").length, 1);
  t.not(home.tasks("RUNNING")[0]?.containerInstanceArn, on.arn);
});

test("a deleted service stops its tasks, and is then gone", (t) => {
  const home = new Home();
  const service = home.service();
  home.settle();
  home.drop("service", service);
  t.is(home.of(service).status, "DRAINING");
  home.settle();
  t.is(home.of(service).status, "INACTIVE");
  t.is(home.tasks("RUNNING").length, 0);
});

test("an agent that comes back with its ARN keeps its attributes; an agent without an ARN is a new instance", (t) => {
  const home = new Home([{ redis: "true" }]);
  const [node] = home.nodes;
  if (!node) return t.fail();
  const registration = {
    cluster: "home",
    cpu: 4096,
    memory: 2048,
    reservedPorts: [22],
    reservedPortsUdp: [],
    attributes: { redis: "false", "ecs.os-type": "linux" },
    versionInfo: {},
  };
  const same = registerInstance(home.aws, node.ec2InstanceId, {
    ...registration,
    containerInstanceArn: node.arn,
  });
  t.is(same.arn, node.arn);
  t.like(same, { memory: 2048, attributes: { redis: "true", "ecs.os-type": "linux" } });
  const fresh = registerInstance(home.aws, node.ec2InstanceId, registration);
  t.not(fresh.arn, node.arn);
  t.is(fresh.attributes.redis, "false");
  t.false(node.agentConnected);
});
