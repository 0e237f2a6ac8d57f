import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { valueOfOutput } from "./support/mocks.ts";
import { runProgram } from "./support/program.ts";

test.serial("stack home goes on without a dead node", async (t) => {
  const { program, resources } = await runProgram("home", ({ hosts, services, ...others }) => {
    const { "pi-2": died, ...living } = hosts as Record<string, object>;
    const { hits, ...more } = services as Record<string, object>;
    return {
      ...others,
      hosts: { ...living, "pi-2": { ...died, dead: true } },
      services: { ...more, hits: { ...hits, desiredCount: 2 } },
    };
  });
  const named = (pattern: RegExp) => resources.map(({ name }) => name).filter((name) => pattern.test(name));
  t.deepEqual(named(/^cluster-pi-\d-0$/).toSorted(), ["cluster-pi-1-0", "cluster-pi-3-0"], "activations");
  const targets = ["web-target/192.168.1.101", "web-target/192.168.1.103"];
  t.deepEqual(named(/^web-target\//).toSorted(), targets, "targets");
  t.deepEqual(named(/-forgotten$/), ["pi-1-pi-2-forgotten"]);
  t.deepEqual(Object.keys(await valueOfOutput(pulumi.output(program.nodes))), ["pi-1", "pi-3"]);
});
