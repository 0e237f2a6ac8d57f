import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { valueOfOutput } from "./support/mocks.ts";
import { graphOf, runProgram } from "./support/program.ts";

const home = runProgram("home");
const nodes = ["pi-1", "pi-2", "pi-3"];

const commandsOf = ({ resources }: Awaited<typeof home>) =>
  resources.filter(({ type }) => type.startsWith("command:remote:"));

test("stack home: every host gets the steps of its role", async (t) => {
  const node = (pi: string) =>
    [
      "automation-key",
      "upload",
      "program",
      "boot-flags",
      "fan",
      "reboot",
      "kernel",
      "docker",
      "static-route",
      "ecs-agent",
    ].map((step) => `${pi}-${step}`);
  const gateway = ["automation-key", "upload", "program", "fan", "reboot", "vpn-gateway"].map(
    (step) => `pi-gateway-${step}`,
  );
  const steps = commandsOf(await home).map(({ name }) => name);
  t.deepEqual(steps.toSorted(), [...gateway, ...nodes.flatMap(node)].toSorted());
});

test("stack home is one graph: tunnels release routes, routes agents, agents services", async (t) => {
  const { find, waitsFor } = graphOf(t, (await home).resources);
  waitsFor("pi-gateway-vpn-gateway", "vpn-connection");
  for (const pi of nodes) {
    waitsFor(`${pi}-static-route`, "pi-gateway-vpn-gateway");
    waitsFor(`${pi}-ecs-agent`, `${pi}-static-route`);
    // A component waits before its children are created.
    waitsFor("redis", `${pi}-ecs-agent`);
    waitsFor("hits", `${pi}-ecs-agent`);
    t.truthy(find(`web-target/192.168.1.10${pi.slice(-1)}`), "a target of the load balancer");
  }
});

test("stack home: every step is the same constant command, and what is secret is sent to a host as a secret", async (t) => {
  for (const { type, name, inputs, secretInputs } of commandsOf(await home)) {
    t.true(secretInputs.includes("connection"), name);
    if (type !== "command:remote:Command") continue;
    t.is(inputs.create, "sh -s -- converge", name);
    // The pre-shared keys and the activation codes.
    t.is(secretInputs.includes("stdin"), /-(vpn-gateway|ecs-agent)$/.test(name), name);
  }
});

test("stack home: internet-facing resources are in the public subnets, which have a route to the site", async (t) => {
  const { resources } = await home;
  const { find } = graphOf(t, resources);
  const subnets = resources.filter(
    ({ type, name }) => type === "aws:ec2/subnet:Subnet" && name.startsWith("network-public-"),
  );
  t.is(subnets.length, 2);
  t.deepEqual(
    find("web-lb")?.inputs.subnets,
    subnets.map(({ id }) => id),
  );
  t.is(find("vpn-propagation-public")?.inputs.routeTableId, find("network-public")?.id);
});

test("stack home is the article's lab: its ranges, its gateway, and Redis on the node with its data", async (t) => {
  const { find } = graphOf(t, (await home).resources);
  t.is(find("network-vpc")?.inputs.cidrBlock, "10.0.0.0/16");
  t.is(find("vpn-route-192.168.1.0/24")?.inputs.destinationCidrBlock, "192.168.1.0/24");
  t.like(find("pi-gateway-vpn-gateway")?.inputs.connection, { host: "192.168.1.196" });
  t.deepEqual(find("redis-service")?.inputs.placementConstraints, [
    {
      type: "memberOf",
      expression: "attribute:hybrid.stack == ecs-anywhere-hybrid-home and attribute:redis == true",
    },
  ]);
  t.deepEqual(
    nodes.filter((pi) => /"redis": ?"true"/.test(String(find(`${pi}-ecs-agent`)?.inputs.stdin))),
    ["pi-3"],
  );
});

test("stack home: a person's key, here the SSH agent's, carries out the first step; the stack's own key all others", async (t) => {
  const { find } = graphOf(t, (await home).resources);
  const key = find("site-automation-key")?.state.privateKeyOpenssh;
  t.regex(String(key), /BEGIN OPENSSH PRIVATE KEY/);
  for (const { name, inputs } of commandsOf(await home)) {
    const { privateKey } = inputs.connection as { readonly privateKey?: unknown };
    t.is(privateKey, name.endsWith("-automation-key") ? undefined : key, name);
  }
});

test("stack home: the outputs are what AWS and the hosts answered", async (t) => {
  const { program } = await home;
  const outputs = await valueOfOutput(pulumi.output(program));
  t.deepEqual(outputs.nodes["pi-1"], {
    address: "192.168.1.101",
    managedInstanceId: "mi-0123456789abcdef0",
    containerInstanceArn: "arn:aws:ecs:us-east-1:…:1",
  });
  t.deepEqual(Object.keys(outputs.nodes), nodes);
  t.is(outputs.vpn.tunnels.tunnel1.state, "UP");
  t.deepEqual(outputs.temperatures, { "pi-gateway": 48.3, "pi-1": 48.3, "pi-2": 48.3, "pi-3": 48.3 });
  t.deepEqual(Object.keys(outputs.services), ["redis", "hits"]);
  t.regex(String(outputs.services.hits?.taskRoleName), /^hits-task-/);
  t.regex(String(outputs.services.hits?.executionRoleName), /^hits-execution-/);
  t.regex(outputs.cluster.nodeRoleName, /^cluster-node-/);
  t.regex(outputs.cluster.execLogGroup, /^\/ecs\/.*\/exec$/);
});
