import test from "ava";
import { runProgram } from "./support/program.ts";

test("stack dev is one Pi that is gateway and node: its own tunnels release its agent", async (t) => {
  const { program, resources } = await runProgram("dev");
  const steps = resources.filter(({ type }) => type.startsWith("command:remote:"));
  const expected = [
    "automation-key",
    "upload",
    "program",
    "boot-flags",
    "reboot",
    "kernel",
    "docker",
    "vpn-gateway",
    "ecs-agent",
  ];
  t.deepEqual(
    steps.map(({ name }) => name),
    expected.map((step) => `pi-${step}`),
  );
  // One after the other, as on every host; no route, since the gateway itself has the tunnels.
  for (const [i, { name, dependencies }] of steps.entries()) {
    const previous = steps[i - 1];
    if (previous) t.true(dependencies.includes(previous.urn), `${name} waits for ${previous.name}`);
  }
  t.deepEqual(
    resources.filter(({ type }) => type.startsWith("aws:lb/")).map(({ name }) => name),
    [],
  );
  t.deepEqual(Object.keys(program.nodes), ["pi"]);
  t.deepEqual(Object.keys(program.services), ["redis", "hits"]);
});
