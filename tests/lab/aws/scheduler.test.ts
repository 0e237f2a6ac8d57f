import test from "ava";
import fc from "fast-check";
import { deregisterInstance, poll, registerInstance } from "../../../lab/aws/control/instances.ts";
import type { ContainerInstance, EcsService, Task } from "../../../lab/aws/control/model.ts";
import { schedule } from "../../../lab/aws/control/scheduler.ts";
import { report } from "../../../lab/aws/control/tasks.ts";
import { Account } from "./account.ts";

/** A cluster with nodes whose agents start and stop whatever they are told to, unless said otherwise. */
class Home extends Account {
  readonly nodes: ContainerInstance[] = [];

  constructor(attributes: Record<string, string>[] = [{}]) {
    super();
    this.cluster();
    for (const own of attributes) this.join(own);
  }

  join(attributes: Record<string, string> = {}, memory = 1024): ContainerInstance {
    const instance = registerInstance(this.aws, `mi-0000000000000000${this.nodes.length}`, {
      cluster: "home",
      cpu: 4096,
      memory,
      reservedPorts: [22, 2375, 2376, 51678, 51679],
      reservedPortsUdp: [],
      attributes: { ...attributes, "com.amazonaws.ecs.capability.logging-driver.awslogs": "" },
      versionInfo: {},
    });
    this.nodes.push(instance);
    return instance;
  }

  tasks(status?: Task["lastStatus"]): Task[] {
    return Object.values(this.aws.runtime.ecs.tasks).filter(
      (t) => status === undefined || t.lastStatus === status,
    );
  }

  of(service: string): EcsService {
    const found = this.aws.runtime.ecs.services[service];
    if (!found) throw new Error("no such service");
    return found;
  }

  /** Everything that agents do until there is nothing to do; each round takes a second. */
  settle(start: (task: Task) => "RUNNING" | "STOPPED" = () => "RUNNING", rounds = 10): void {
    for (let i = 0; i < rounds; i++) {
      schedule(this.aws);
      for (const task of this.tasks().filter((x) => x.lastStatus !== "STOPPED")) {
        if (!this.aws.runtime.ecs.instances[task.containerInstanceArn]?.agentConnected) continue;
        if (task.desiredStatus === "STOPPED") report(this.aws, task, { status: "STOPPED", containers: [] });
        else if (task.lastStatus === "PENDING")
          report(this.aws, task, {
            status: start(task),
            reason: "CannotPullContainerError: no such image",
            containers: [],
          });
      }
      this.pass(1);
      for (const node of this.nodes) if (node.agentConnected) node.lastPoll = this.aws.now().toISOString();
    }
    schedule(this.aws);
  }

  messages(service: string): string[] {
    return this.of(service).events.map((e) => e.message);
  }
}

const unplaced = (why: string) =>
  `(service app) was unable to place a task because no container instance met all of its requirements. Reason: ${why} For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`;

const closest = (home: Home, n: number) =>
  `The closest matching container-instance ${home.nodes[n]?.arn.split("/").at(-1)}`;

test("without a node a service says so, and starts when one joins", (t) => {
  const home = new Home([]);
  const service = home.service();
  home.settle();
  t.deepEqual(home.messages(service), [unplaced("No Container Instances were found in your cluster.")]);
  home.join();
  home.settle();
  t.is(home.tasks("RUNNING").length, 1);
  t.is(home.of(service).deployments[0]?.rolloutState, "COMPLETED");
  t.is(home.messages(service)[0], "(service app) has reached a steady state.");
});

test("a service pinned by an attribute runs on that node only", (t) => {
  const home = new Home([{}, { redis: "true" }, {}]);
  home.service({ placementConstraints: [{ type: "memberOf", expression: "attribute:redis == true" }] });
  home.settle();
  t.deepEqual(
    home.tasks("RUNNING").map((x) => x.containerInstanceArn),
    [home.nodes[1]?.arn],
  );
});

test("no node has the attribute: the service names the closest one", (t) => {
  const home = new Home([{}]);
  const constraint = { type: "memberOf", expression: "attribute:redis == true" };
  const service = home.service({ placementConstraints: [constraint] });
  home.settle();
  t.deepEqual(home.messages(service), [
    unplaced(`${closest(home, 0)} encountered error "MemberOf placement constraint unsatisfied.".`),
  ]);
});

test("distinctInstance puts one task a node, and no more", (t) => {
  const home = new Home([{}, {}]);
  const service = home.service({ desiredCount: 3, placementConstraints: [{ type: "distinctInstance" }] });
  home.settle();
  const nodes = home.tasks("RUNNING").map((x) => x.containerInstanceArn);
  t.deepEqual(nodes.sort(), home.nodes.map((n) => n.arn).sort());
  t.true(home.messages(service).some((m) => m.includes("DistinctInstance placement constraint unsatisfied")));
});

for (const [title, container, why] of [
  [
    "host port 22 is sshd's",
    { portMappings: [{ containerPort: 22, hostPort: 22 }] },
    "is already using a port required by your task.",
  ],
  ["memory that no node has", { memory: 2048 }, "has insufficient memory available."],
  ["CPU that no node has", { cpu: 8192 }, "has insufficient CPU units available."],
] as const)
  test(`not placed: ${title}`, (t) => {
    const home = new Home();
    const service = home.service({ taskDefinition: home.taskDefinition([home.container(container)]) });
    home.settle();
    t.deepEqual(home.messages(service), [unplaced(`${closest(home, 0)} ${why}`)]);
  });

const web = (home: Home, image: string) =>
  home.taskDefinition([home.container({ image, portMappings: [{ containerPort: 80, hostPort: 8080 }] })]);
const serviceType = "aws:ecs/service:Service";
const inputs = (home: Home, service: string, more: object) => ({
  ...home.aws.resource(serviceType, service)?.inputs,
  ...more,
});

test("with a fixed host port and minimum 0 % the old task goes before the new one comes", (t) => {
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

test("with a fixed host port and minimum 100 % the deployment hangs on the port, as on AWS", (t) => {
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

test("without fixed ports the new task comes before the old one goes", (t) => {
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

test("the circuit breaker rolls back to what ran, after three failed starts with growing pauses", (t) => {
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

test("without a circuit breaker it tries on, ever more slowly", (t) => {
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

test("a node that falls silent is disconnected; its task counts on, and a deregistered one's is placed elsewhere", (t) => {
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

test("a draining node gives its tasks to another", (t) => {
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

test("a deleted service stops its tasks, and then it is gone", (t) => {
  const home = new Home();
  const service = home.service();
  home.settle();
  home.drop("service", service);
  t.is(home.of(service).status, "DRAINING");
  home.settle();
  t.is(home.of(service).status, "INACTIVE");
  t.is(home.tasks("RUNNING").length, 0);
});

test("an agent that comes back with its ARN keeps its attributes; one without is a new instance", (t) => {
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

test("whatever the numbers, nodes are never overcommitted, ports never clash, and counts are kept", (t) => {
  const service = fc.record({
    desiredCount: fc.nat(4),
    memory: fc.constantFrom(64, 256, 512),
    hostPort: fc.constantFrom(0, 22, 8080, 8081),
    distinct: fc.boolean(),
    pinned: fc.boolean(),
    minimum: fc.constantFrom(0, 50),
    maximum: fc.constantFrom(100, 200),
  });
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 3 }),
      fc.array(service, { maxLength: 3 }),
      (nodes, services) => {
        const home = new Home(nodes.map((redis) => (redis ? { redis: "true" } : {})));
        services.forEach((s, i) => {
          const portMappings = s.hostPort === 0 ? [] : [{ containerPort: 80, hostPort: s.hostPort }];
          home.service({
            name: `s${i}`,
            desiredCount: s.desiredCount,
            taskDefinition: home.taskDefinition([home.container({ memory: s.memory, portMappings })], {
              family: `s${i}`,
            }),
            deploymentMinimumHealthyPercent: s.minimum,
            deploymentMaximumPercent: s.maximum,
            placementConstraints: [
              ...(s.distinct ? [{ type: "distinctInstance" }] : []),
              ...(s.pinned ? [{ type: "memberOf", expression: "attribute:redis == true" }] : []),
            ],
          });
        });
        home.settle();
        const { definitions, services: all } = home.aws.runtime.ecs;
        for (const node of home.nodes) {
          const on = home.tasks("RUNNING").filter((x) => x.containerInstanceArn === node.arn);
          const containers = on.flatMap((x) => definitions[x.taskDefinitionArn]?.containerDefinitions ?? []);
          if (containers.reduce((sum, c) => sum + (c.memory ?? 0), 0) > node.memory) return false;
          const ports = containers.flatMap((c) => c.portMappings.map((p) => p.hostPort));
          if (new Set(ports).size < ports.length || ports.includes(22)) return false;
          const pinned = services.flatMap((s, i) => (s.pinned ? [`service:s${i}`] : []));
          if (node.attributes.redis !== "true" && on.some((x) => pinned.includes(x.group))) return false;
        }
        return Object.values(all).every(
          (s) => home.tasks("RUNNING").filter((x) => x.serviceArn === s.arn).length <= s.desiredCount,
        );
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});
