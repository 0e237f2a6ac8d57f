import test from "ava";
import fc from "fast-check";
import { closest, Home, unplaced } from "./home.ts";

test("a service without a node says so, and starts when one joins", (t) => {
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

test("if no node has the attribute, the service names the closest node", (t) => {
  const home = new Home([{}]);
  const constraint = { type: "memberOf", expression: "attribute:redis == true" };
  const service = home.service({ placementConstraints: [constraint] });
  home.settle();
  t.deepEqual(home.messages(service), [
    unplaced(`${closest(home, 0)} encountered error "MemberOf placement constraint unsatisfied.".`),
  ]);
});

test("distinctInstance puts one task on each node, and no more", (t) => {
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

test("in random clusters, nodes are never overcommitted, ports never clash, and counts are kept", (t) => {
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
