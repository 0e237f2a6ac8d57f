/** Renaming on the real engine: the stack `home` on the simulated AWS, with hosts on which every step is in force at once. */
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import test, { type ExecutionContext } from "ava";
import { stepsOf } from "../../../lab/changes/steps.ts";
import type { StackConfig } from "../../../lab/engine/config.ts";
import { findEngine } from "../../../lab/engine/engine.ts";
import { instantStack } from "../../../lab/instant/world.ts";
import { openStackFile, settings, withStandIns } from "../../../tools/stack-file.ts";
import { byLab, need } from "../../support/needs.ts";

const root = join(import.meta.dirname, "../../..");
const engine = await findEngine(join(root, ".lab/engine"));
need(engine === undefined ? ["Pulumi engine"] : [], byLab);

type Entries = Readonly<Record<string, object>>;

/** The entries with one of them under another name, in its place. */
const rename = (entries: Entries, from: string, to: string): Entries =>
  Object.fromEntries(
    Object.entries(entries).map(([name, entry]) =>
      name === from ? [to, { ...entry, formerly: from }] : [name, entry],
    ),
  );

const withService = (balancers: Entries, service: string) =>
  Object.fromEntries(
    Object.entries(balancers).map(([name, balancer]) => [name, { ...balancer, service }]),
  ) as StackConfig["loadBalancers"];

/** The entries without what they were called. */
const settled = (entries: Entries): Entries =>
  Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => {
      const { formerly: _, ...rest } = entry as { readonly formerly?: string };
      return [name, rest];
    }),
  );

/** The stack `home`, not yet up. */
async function home(t: ExecutionContext) {
  t.timeout(600_000);
  if (engine === undefined) throw new Error("no engine");
  const stack = await instantStack({ engine, log: t.log });
  t.teardown(() => stack.close());
  const config = withStandIns(settings(await openStackFile(root, "home"))) as unknown as StackConfig;
  return { aws: stack.aws, stack, config };
}

test.serial("hosts, services and load balancers are renamed in one up, and back", async (t) => {
  const { aws, stack, ...lab } = await home(t);
  let { config } = lab;
  const up = async (change: Partial<StackConfig> = {}) => {
    config = { ...config, ...change };
    await stack.setConfig(config);
    const events: EngineEvent[] = [];
    const { outputs } = await stack.up({ onEvent: (event) => events.push(event) });
    const steps = stepsOf(events);
    const next = await stack.preview();
    t.deepEqual(Object.keys(next.changeSummary), ["same"], "the next preview");
    return { outputs, steps };
  };
  const activations = () => aws.resources("aws:ssm/activation:Activation").map(({ id }) => id);
  const running = () =>
    Object.values(aws.runtime.ecs.tasks).flatMap((task) =>
      task.lastStatus === "RUNNING" ? [task.group] : [],
    );

  const first = await up();
  const made = activations();
  t.deepEqual(running().toSorted(), ["service:hits", "service:hits", "service:hits", "service:redis"]);

  const host = await up({ hosts: rename(config.hosts, "pi-1", "kitchen") as StackConfig["hosts"] });
  t.deepEqual(host.steps, [
    "update Command kitchen-automation-key",
    "update Command kitchen-boot-flags",
    "update Command kitchen-docker",
    "update Command kitchen-ecs-agent",
    "update Command kitchen-fan",
    "update Command kitchen-kernel",
    "update Command kitchen-program",
    "update Command kitchen-reboot",
    "update Command kitchen-static-route",
  ]);
  t.deepEqual(activations(), made);

  const services = config.services ?? {};
  const replaced = (name: string) => [
    `replace LogGroup ${name}-logs`,
    `replace RolePolicy ${name}-execution`,
    `replace Service ${name}-service`,
    `replace TaskDefinition ${name}-task`,
    `update Role ${name}-execution`,
    `update Role ${name}-task`,
  ];
  const renamed = await up({ services: rename(services, "redis", "valkey") as StackConfig["services"] });
  t.deepEqual(renamed.steps, replaced("valkey"));
  t.true(running().includes("service:valkey"));
  const back = await up({
    services: rename({ ...config.services }, "valkey", "redis") as StackConfig["services"],
  });
  t.deepEqual(back.steps, replaced("redis"));
  t.deepEqual(running().toSorted(), ["service:hits", "service:hits", "service:hits", "service:redis"]);

  const balancers = { ...config.loadBalancers };
  const front = await up({
    loadBalancers: rename(balancers, "web", "front") as StackConfig["loadBalancers"],
  });
  t.deepEqual(front.outputs.loadBalancers?.value.front, first.outputs.loadBalancers?.value.web);
  t.deepEqual(front.steps, [
    "update Listener front-listener-80",
    "update LoadBalancer front-lb",
    "update SecurityGroup front-access",
    "update SecurityGroupEgressRule front-to-192.168.1.0/24",
    "update SecurityGroupIngressRule front-80-from-10.0.0.0/16",
    "update SecurityGroupIngressRule front-80-from-192.168.1.0/24",
    "update TargetGroup front-tg",
  ]);

  // A target group is one load balancer's.
  for (const scheme of ["internal", "internet-facing"] as const) {
    const balancer = config.loadBalancers?.front;
    if (!balancer) throw new Error("no load balancer");
    const changed = await up({ loadBalancers: { front: { ...balancer, scheme } } });
    t.deepEqual(
      changed.steps,
      [
        "replace Listener front-listener-80",
        "replace LoadBalancer front-lb",
        "replace TargetGroup front-tg",
        ...[1, 2, 3].map((pi) => `replace TargetGroupAttachment front-target/192.168.1.10${pi}`),
      ],
      scheme,
    );
  }

  const all = await up({
    site: { ...config.site, gateway: "cellar" },
    hosts: rename(rename(config.hosts, "kitchen", "pi-1"), "pi-gateway", "cellar") as StackConfig["hosts"],
    services: rename({ ...config.services }, "hits", "counter") as StackConfig["services"],
    loadBalancers: withService(rename({ ...config.loadBalancers }, "front", "web"), "counter"),
  });
  t.deepEqual(
    all.steps.filter((step) => !step.startsWith("update ")),
    replaced("counter").filter((step) => step.startsWith("replace ")),
  );
  t.deepEqual(activations(), made);

  const after = await up({
    hosts: settled(config.hosts) as StackConfig["hosts"],
    services: settled({ ...config.services }) as StackConfig["services"],
    loadBalancers: settled({ ...config.loadBalancers }) as StackConfig["loadBalancers"],
  });
  t.deepEqual(after.steps, [], "formerly removed");
});

test.serial("a rename that Ctrl-C interrupts goes on where it ended", async (t) => {
  const { stack, config } = await home(t);
  await stack.setConfig(config);
  await stack.up();
  const { hosts, services = {}, loadBalancers = {} } = config;
  const renames: [string, Partial<StackConfig>][] = [
    ["kitchen-docker", { hosts: rename(hosts, "pi-1", "kitchen") as StackConfig["hosts"] }],
    ["valkey-execution", { services: rename(services, "redis", "valkey") as StackConfig["services"] }],
    [
      "front-access",
      { loadBalancers: rename(loadBalancers, "web", "front") as StackConfig["loadBalancers"] },
    ],
  ];
  let changed = config;
  for (const [during, change] of renames) {
    changed = { ...changed, ...change };
    await stack.setConfig(changed);
    const interrupt = new AbortController();
    const onEvent = ({ resourcePreEvent }: EngineEvent) => {
      if (resourcePreEvent?.metadata.urn.endsWith(`::${during}`)) interrupt.abort();
    };
    await t.throwsAsync(stack.up({ onEvent, signal: interrupt.signal }), undefined, during);
    const events: EngineEvent[] = [];
    await stack.up({ onEvent: (event) => events.push(event) });
    const steps = stepsOf(events);
    t.true(steps.length > 0, during);
    t.deepEqual(
      steps.filter((step) => /^(create|delete) /.test(step)),
      [],
      during,
    );
  }
});
