/** Load balancers that change on the real engine, with the simulated AWS behind it. */
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import test, { type ExecutionContext } from "ava";
import { OnPremLoadBalancer } from "../../../components/load-balancing/on-prem-load-balancer.ts";
import { Network } from "../../../components/network/network.ts";
import { stepsOf } from "../../../lab/changes/steps.ts";
import { account } from "./account.ts";
import { living } from "./living.ts";

const nodes = ["192.168.1.101", "192.168.1.102", "192.168.1.103"];

test.serial(
  "two hosts swap their addresses, and one gets another name: all nodes stay targets",
  async (t) => {
    const { aws, up, config } = await living(t, "home");
    const { "pi-1": first, "pi-2": second, ...others } = config.hosts;
    if (!first || !second) throw new Error("no nodes");
    const targets = () =>
      aws
        .resources("aws:lb/targetGroupAttachment:TargetGroupAttachment")
        .map(({ inputs }) => inputs.targetId)
        .toSorted();
    await up();
    t.deepEqual(targets(), nodes);
    const swapped = {
      "pi-1": { ...first, address: second.address },
      "pi-2": { ...second, address: first.address },
    };
    const hosts = [
      { ...others, ...swapped },
      { ...others, "pi-1": swapped["pi-1"], kitchen: swapped["pi-2"] },
    ];
    for (const changed of hosts) {
      const { steps } = await up({ hosts: changed });
      t.true(steps.length > 0);
      t.deepEqual(
        steps.filter((step) => step.includes("-target/")),
        [],
      );
      t.deepEqual(targets(), nodes);
    }
  },
);

const asItIs = {
  type: "network" as "network" | "application",
  scheme: "internet-facing" as "internal" | "internet-facing",
  listenerPort: 80,
  zones: ["us-east-1a", "us-east-1b"],
};

/** A stack of a VPC and a load balancer in it, without hosts. */
async function balancerStack(t: ExecutionContext) {
  let settings = asItIs;
  const { aws, open } = await account(t);
  const stack = await open("balancer", async () => {
    const { zones, type, scheme, listenerPort } = settings;
    const network = new Network("network", { cidr: "10.0.0.0/16", zones, publicSubnets: true });
    new OnPremLoadBalancer("web", {
      type,
      crossZone: true,
      scheme,
      vpcId: network.vpcId,
      vpcCidrs: network.cidrs,
      siteCidrs: ["192.168.1.0/24"],
      subnetIds: scheme === "internal" ? network.privateSubnetIds : network.publicSubnetIds,
      listenerPort,
      targets: Object.fromEntries(nodes.map((address, i) => [`pi-${i + 1}`, { address }])),
      hostPort: 8080,
      healthCheck: { intervalSeconds: 30, healthyThreshold: 3, unhealthyThreshold: 3 },
      allowFrom: [],
    });
    return {};
  });
  const only = (type: string) => {
    const [one, ...more] = aws.resources(type);
    t.deepEqual(more, [], type);
    return one;
  };
  return {
    /** Returns what happened to resources other than the network's and the rules. */
    to: async (change: Partial<typeof asItIs>) => {
      settings = { ...asItIs, ...change };
      const events: EngineEvent[] = [];
      await stack.up({ onEvent: (event) => events.push(event) });
      const { changeSummary } = await stack.preview();
      t.deepEqual(Object.keys(changeSummary), ["same"], "the next preview");

      // One of each is left, and they belong to each other.
      const group = only("aws:lb/targetGroup:TargetGroup")?.id;
      t.like(only("aws:lb/listener:Listener")?.inputs, {
        loadBalancerArn: only("aws:lb/loadBalancer:LoadBalancer")?.id,
        port: settings.listenerPort,
        defaultActions: [{ type: "forward", targetGroupArn: group }],
      });
      t.deepEqual(
        aws
          .resources("aws:lb/targetGroupAttachment:TargetGroupAttachment")
          .map(({ inputs }) => `${inputs.targetGroupArn} ${inputs.targetId}`)
          .toSorted(),
        nodes.map((address) => `${group} ${address}`),
      );
      return stepsOf(events).filter((step) => / web-(lb|tg|listener-\d+)$/.test(step));
    },
  };
}

const changes: [what: string, change: Partial<typeof asItIs>][] = [
  ["another scheme and port", { scheme: "internal", listenerPort: 8081 }],
  ["another type and port", { type: "application", listenerPort: 8081 }],
  ["a zone less and another port", { zones: ["us-east-1a"], listenerPort: 8081 }],
];
for (const [what, change] of changes)
  test.serial(`a load balancer gets ${what}, and is changed back`, async (t) => {
    const { to } = await balancerStack(t);
    await to({});
    const replaced = ["replace LoadBalancer web-lb", "replace TargetGroup web-tg"];
    const ofListener = ["create Listener web-listener-8081", "delete Listener web-listener-80"];
    t.deepEqual(await to(change), [...ofListener, ...replaced]);
    const back = await to({});
    // A further zone replaces nothing.
    if (!change.zones)
      t.true(
        replaced.every((step) => back.includes(step)),
        back.join(", "),
      );
  });
