import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { valueOfOutput } from "./support/mocks.ts";
import { graphOf, runProgram } from "./support/program.ts";

test("stack private: endpoints and resolver release DNS, DNS the preflight, the preflight the agents", async (t) => {
  const { program, resources } = await runProgram("private");
  const { waitsFor } = graphOf(t, resources);

  const steps = resources.filter(({ type }) => type === "command:remote:Command").map(({ name }) => name);
  const before = ["automation-key", "boot-flags", "reboot", "kernel"];
  const after = ["package-source", "egress-firewall", "docker", "static-route", "dns-forwarding"];
  const node = (host: string) =>
    [...before, ...after, "preflight", "ecs-agent"].map((step) => `${host}-${step}`);
  const gateway = ["automation-key", "package-source", "vpn-gateway"].map((step) => `gateway-${step}`);
  t.deepEqual(steps.toSorted(), [...gateway, ...node("node-1"), ...node("node-2")].toSorted());

  for (const host of ["node-1", "node-2"]) {
    for (const [i, name] of node(host).entries()) {
      const previous = node(host)[i - 1];
      if (previous) waitsFor(name, previous);
    }
    waitsFor(`${host}-dns-forwarding`, "inbound-resolver-endpoint");
    for (const service of ["ecs-agent", "ecs", "ssm", "s3", "logs"])
      waitsFor(`${host}-preflight`, `endpoints-${service}`);
    // The addresses come with the endpoints; who may connect to them comes by itself.
    for (const step of [`${host}-dns-forwarding`, `${host}-preflight`]) {
      waitsFor(step, "endpoints-from-site");
      for (const protocol of ["tcp", "udp"]) waitsFor(step, `inbound-resolver-${protocol}-from-site`);
    }
  }
  // They take any addresses that are free: not those that the resolver was promised. A component waits before its children
  // are made.
  for (const name of ["endpoints", "outbound-resolver", "web"]) waitsFor(name, "inbound-resolver-endpoint");

  const outputs = await valueOfOutput(
    pulumi.output({ endpoints: program.endpoints, resolver: program.resolver, preflight: program.preflight }),
  );
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
