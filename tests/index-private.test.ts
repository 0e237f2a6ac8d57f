import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { valueOfOutput } from "./support/mocks.ts";
import { graphOf, runProgram } from "./support/program.ts";

const stack = runProgram("private");
const hosts = ["node-1", "node-2"];

const before = ["automation-key", "upload", "program", "boot-flags", "reboot", "kernel"];
const after = ["package-source", "egress-firewall", "docker", "static-route", "dns-forwarding"];
const stepsOf = (host: string) =>
  [...before, ...after, "preflight", "ecs-agent"].map((step) => `${host}-${step}`);

test("stack private: every host gets the steps of its role, one after the other", async (t) => {
  const { resources } = await stack;
  const { waitsFor } = graphOf(t, resources);
  const steps = resources.filter(({ type }) => type.startsWith("command:remote:")).map(({ name }) => name);
  const gateway = ["automation-key", "upload", "program", "package-source", "vpn-gateway"].map(
    (step) => `gateway-${step}`,
  );
  t.deepEqual(steps.toSorted(), [...gateway, ...hosts.flatMap(stepsOf)].toSorted());
  for (const host of hosts)
    for (const [i, name] of stepsOf(host).entries()) {
      const previous = stepsOf(host)[i - 1];
      if (previous) waitsFor(name, previous);
    }
});

test("stack private: endpoints and resolver release DNS, DNS the preflight, the preflight the agents", async (t) => {
  const { waitsFor } = graphOf(t, (await stack).resources);
  for (const host of hosts) {
    waitsFor(`${host}-dns-forwarding`, "inbound-resolver-endpoint");
    for (const service of ["ecs-agent", "ecs", "ssm", "s3", "logs"])
      waitsFor(`${host}-preflight`, `endpoints-${service}`);
    // The addresses come with the endpoints; the rules that let the site in have no output to wait for.
    for (const step of [`${host}-dns-forwarding`, `${host}-preflight`]) {
      waitsFor(step, "endpoints-from-192.168.1.0/24");
      for (const protocol of ["tcp", "udp"])
        waitsFor(step, `inbound-resolver-${protocol}-from-192.168.1.0/24`);
    }
  }
});

test("stack private: the inbound resolver gets its fixed addresses before other resources get free ones", async (t) => {
  const { waitsFor } = graphOf(t, (await stack).resources);
  // A component waits before its children are created.
  for (const name of ["endpoints", "outbound-resolver", "web"]) waitsFor(name, "inbound-resolver-endpoint");
});

test("stack private: the outputs have the private addresses and the nodes' measurements", async (t) => {
  const { endpoints, resolver, preflight } = (await stack).program;
  const outputs = await valueOfOutput(pulumi.output({ endpoints, resolver, preflight }));
  t.deepEqual(outputs.resolver.inboundAddresses, ["10.0.0.10", "10.0.16.10"]);
  t.deepEqual(Object.keys(outputs.endpoints), [
    "ecs-agent",
    "ecs-telemetry",
    "ecs",
    "ssm",
    "ssmmessages",
    "ecr.api",
    "ecr.dkr",
    "s3",
    "logs",
    "kms",
  ]);
  t.is(outputs.endpoints.ssm?.addresses.length, 2);
  t.deepEqual(outputs.preflight["node-1"], {
    measuredAt: "2026-11-21T12:00:00Z",
    rows: [
      {
        name: "ssm.us-east-1.amazonaws.com",
        service: "ssm",
        result: "ok",
        addresses: ["10.0.0.4", "10.0.16.4"],
      },
    ],
  });
});
