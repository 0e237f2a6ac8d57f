import test from "ava";
import type { HybridConfig } from "../../config/schema.ts";
import { buildLoadBalancers } from "../../stack/load-balancing.ts";
import { buildNetwork } from "../../stack/network.ts";
import { buildPrivateConnectivity } from "../../stack/private-connectivity.ts";
import { district } from "./district.ts";

function build(config: HybridConfig) {
  const network = buildNetwork(config);
  return buildLoadBalancers(config, network, buildPrivateConnectivity(config, network));
}

test.serial("targets are the nodes that can run the service, with the port that it uses there", async (t) => {
  const { resources, find } = await district(t, "home", build);
  const targets = resources.filter(({ type }) => type.endsWith(":TargetGroupAttachment"));
  t.deepEqual(targets.map(({ name }) => name).toSorted(), [
    "web-target/192.168.1.101",
    "web-target/192.168.1.102",
    "web-target/192.168.1.103",
  ]);
  t.deepEqual(targets.map(({ inputs }) => `${inputs.targetId}:${inputs.port}`).toSorted(), [
    "192.168.1.101:8080",
    "192.168.1.102:8080",
    "192.168.1.103:8080",
  ]);
  t.deepEqual(find("web")?.dependencies, []);
});

test.serial(
  "an internet-facing one is in the public subnets, an internal one in the private ones",
  async (t) => {
    const home = await district(t, "home", build);
    t.deepEqual(
      home.find("web-lb")?.inputs.subnets,
      ["a", "b"].map((letter) => home.subnetId(`network-public-us-east-1${letter}`)),
    );
    const internal = await district(t, "private", build);
    t.deepEqual(
      internal.find("web-lb")?.inputs.subnets,
      ["a", "b"].map((letter) => internal.subnetId(`network-private-us-east-1${letter}`)),
    );
  },
);

test.serial(
  "the internet's way to it without TLS is a warning, which names it, in a preview too",
  async (t) => {
    const { warn } = console;
    const said: unknown[] = [];
    console.warn = (text: unknown) => said.push(text);
    try {
      await district(t, "home", build);
      await district(t, "private", build);
    } finally {
      console.warn = warn;
    }
    t.deepEqual(said, [
      "warning: [runtime] loadBalancers.web.tls: (missing): must be there for TLS: without it, anybody on the way can read and change what the internet sends and gets; give it the ARN of a certificate, or set scheme to internal",
    ]);
  },
);

test.serial("it takes no address that is reserved for the inbound resolver", async (t) => {
  const { waitsFor } = await district(t, "private", build);
  waitsFor("web", "inbound-resolver-endpoint");
});

test.serial("refused: a service without a TCP port, even if no rule of config/ ran before", async (t) => {
  const network = { mode: "none" } as const;
  await t.throwsAsync(
    district(t, "home", (config) =>
      build({
        ...config,
        services: {
          ...config.services,
          hits: { ...config.services.hits, network },
        } as typeof config.services,
      }),
    ),
    {
      message:
        "loadBalancers.web.service: hits: must have a TCP host port for the load balancer; give the service one",
    },
  );
});
