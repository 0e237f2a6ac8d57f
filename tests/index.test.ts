import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { valueOfOutput } from "./support/mocks.ts";
import { graphOf, runProgram } from "./support/program.ts";

test.serial("stack home is one graph: tunnels release routes, routes agents, agents services", async (t) => {
  const { program, resources } = await runProgram("home");
  const { find, waitsFor } = graphOf(t, resources);

  const connectionOf = (step: string) =>
    find(step)?.inputs.connection as { readonly host: string; readonly privateKey?: unknown };

  const steps = resources.filter(({ type }) => type === "command:remote:Command").map(({ name }) => name);
  const node = (pi: string) =>
    ["automation-key", "boot-flags", "fan", "reboot", "kernel", "docker", "static-route", "ecs-agent"].map(
      (step) => `${pi}-${step}`,
    );
  const gateway = ["automation-key", "fan", "reboot", "vpn-gateway"].map((step) => `pi-gateway-${step}`);
  t.deepEqual(steps.toSorted(), [...gateway, ...["pi-1", "pi-2", "pi-3"].flatMap(node)].toSorted());

  waitsFor("pi-gateway-vpn-gateway", "vpn-connection");
  for (const pi of ["pi-1", "pi-2", "pi-3"]) {
    waitsFor(`${pi}-static-route`, "pi-gateway-vpn-gateway");
    waitsFor(`${pi}-ecs-agent`, `${pi}-static-route`);
    // A component waits before its children are made.
    waitsFor("redis", `${pi}-ecs-agent`);
    waitsFor("hits", `${pi}-ecs-agent`);
    t.truthy(find(`web-${pi}`), "a target of the load balancer");
  }
  t.false(
    steps.some((name) => find(name)?.inputs.create !== "sh -s -- converge"),
    "every step is the same constant command",
  );
  t.true(
    steps.every((name) => find(name)?.secretInputs.includes("stdin")),
    "what travels to a host is secret",
  );

  // What faces the internet stands in the public subnets, whose route table must know the way to the site, too.
  const subnets = resources.filter(
    ({ type, name }) => type === "aws:ec2/subnet:Subnet" && name.startsWith("network-public-"),
  );
  t.is(subnets.length, 2);
  t.deepEqual(
    find("web-lb")?.inputs.subnets,
    subnets.map(({ id }) => id),
  );
  t.is(find("vpn-propagation-public")?.inputs.routeTableId, find("network-public")?.id);

  // The article's lab: its ranges, its gateway, three nodes, and Redis on the one that has its data.
  t.is(find("network-vpc")?.inputs.cidrBlock, "10.0.0.0/16");
  t.is(find("vpn-route-site")?.inputs.destinationCidrBlock, "192.168.1.0/24");
  t.is(connectionOf("pi-gateway-vpn-gateway").host, "192.168.1.196");
  t.deepEqual(find("redis-service")?.inputs.placementConstraints, [
    { type: "memberOf", expression: "attribute:redis == true" },
  ]);
  t.deepEqual(
    ["pi-1", "pi-2", "pi-3"].filter((pi) =>
      /"redis": ?"true"/.test(String(find(`${pi}-ecs-agent`)?.inputs.stdin)),
    ),
    ["pi-3"],
  );

  // A person's key, here the SSH agent's, opens the door once; from then on the stack uses its own.
  const key = find("site-automation-key")?.state.privateKeyOpenssh;
  t.regex(String(key), /BEGIN OPENSSH PRIVATE KEY/);
  for (const step of steps) {
    t.is(connectionOf(step).privateKey, step.endsWith("-automation-key") ? undefined : key, step);
  }

  const { nodes, vpn, services, temperatures } = await valueOfOutput(
    pulumi.output({
      nodes: program.nodes,
      vpn: program.vpn,
      services: program.services,
      temperatures: program.temperatures,
    }),
  );
  t.deepEqual(nodes["pi-1"], {
    address: "192.168.1.101",
    managedInstanceId: "mi-0123456789abcdef0",
    containerInstanceArn: "arn:aws:ecs:us-east-1:…:1",
  });
  t.deepEqual(Object.keys(nodes), ["pi-1", "pi-2", "pi-3"]);
  t.is(vpn.tunnels.tunnel1.state, "UP");
  t.deepEqual(temperatures, { "pi-gateway": 48.3, "pi-1": 48.3, "pi-2": 48.3, "pi-3": 48.3 });
  t.deepEqual(Object.keys(services), ["redis", "hits"]);
});
