import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { valueOfOutput } from "./support/mocks.ts";
import { graphOf, runProgram } from "./support/program.ts";

test.serial("stack home is one graph: tunnels release routes, routes agents, agents services", async (t) => {
  const { program, resources } = await runProgram("home");
  const { find, waitsFor } = graphOf(t, resources);

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
