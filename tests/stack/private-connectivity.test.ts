import test from "ava";
import type { HybridConfig } from "../../config/schema.ts";
import { buildNetwork } from "../../stack/network.ts";
import { buildPrivateConnectivity } from "../../stack/private-connectivity.ts";
import type { Settings } from "../support/program.ts";
import { district } from "./district.ts";

const build = (config: HybridConfig) => buildPrivateConnectivity(config, buildNetwork(config));

/** Stack `private` with other settings of the resolver or the endpoints. */
const changed =
  (key: "resolver" | "privateEndpoints", value: object | undefined) =>
  (settings: Settings): Settings => ({ ...settings, [key]: value });

test.serial("endpoints and the outbound resolver wait until the fixed addresses are taken", async (t) => {
  const { result, waitsFor } = await district(t, "private", build);
  // A component waits before its children are created.
  for (const name of ["endpoints", "outbound-resolver"]) waitsFor(name, "inbound-resolver-endpoint");
  t.deepEqual(result.fixedAddresses, [result.inboundResolver]);
});

test.serial("nothing waits for addresses that AWS chooses", async (t) => {
  const { result, find } = await district(t, "private", build, changed("resolver", { inbound: {} }));
  t.deepEqual(find("endpoints")?.dependencies, []);
  t.deepEqual(result.fixedAddresses, []);
  t.is(result.outboundResolver, undefined);
});

test.serial("endpoints are in the zones that the stack names", async (t) => {
  const { find, subnetId } = await district(
    t,
    "private",
    build,
    changed("privateEndpoints", {
      services: [
        "ecs",
        "ecs-agent",
        "ecs-telemetry",
        "ssm",
        "ssmmessages",
        "s3",
        "ecr.api",
        "ecr.dkr",
        "logs",
        "kms",
      ],
      zones: ["us-east-1b"],
    }),
  );
  t.deepEqual(find("endpoints-ecs")?.inputs.subnetIds, [subnetId("network-private-us-east-1b")]);
});

test.serial("a stack without these settings has no such components", async (t) => {
  const { result, resources } = await district(t, "home", build);
  t.deepEqual(result, {
    endpoints: undefined,
    inboundResolver: undefined,
    outboundResolver: undefined,
    fixedAddresses: [],
  });
  t.false(resources.some(({ name }) => /^(endpoints|inbound-resolver|outbound-resolver)/.test(name)));
});
