/** Deployments that fail, on the real engine: a later `up` must not say that all is well while ECS runs something else. */
import test, { type ExecutionContext } from "ava";
import { Cluster } from "../../../components/cluster/cluster.ts";
import { ExternalService } from "../../../components/service/external-service.ts";
import type { Aws } from "../../../lab/aws/aws.ts";
import { registerInstance } from "../../../lab/aws/control/instances.ts";
import { report } from "../../../lab/aws/control/tasks.ts";
import type { UpOptions } from "../../../lab/engine/stack.ts";
import { stackAttribute } from "../../../limits/cluster.ts";
import { simulatedStack } from "./simulated.ts";

/** The agent of one node: it starts every task except those with the image `bad`, and stops what it is told to. */
function attend(aws: Aws): void {
  const { definitions, instances, services, tasks } = aws.runtime.ecs;
  const [cluster] = aws.resources("aws:ecs/cluster:Cluster");
  if (cluster && Object.keys(instances).length === 0)
    registerInstance(aws, "mi-1", {
      cluster: String(cluster.inputs.name),
      cpu: 4096,
      memory: 1024,
      reservedPorts: [],
      reservedPortsUdp: [],
      attributes: {
        // The stack's own cluster is named after the stack.
        [stackAttribute]: String(cluster.inputs.name),
        "com.amazonaws.ecs.capability.logging-driver.awslogs": "",
      },
      versionInfo: {},
    });
  for (const instance of Object.values(instances)) instance.lastPoll = aws.now().toISOString();
  // ECS waits longer from attempt to attempt.
  for (const service of Object.values(services)) delete service.retryAfter;
  for (const task of Object.values(tasks)) {
    const isBad = definitions[task.taskDefinitionArn]?.containerDefinitions.some(
      (c) => c.image === "redis:bad",
    );
    const status = isBad ? "STOPPED" : task.desiredStatus;
    if (task.lastStatus === status) continue;
    report(aws, task, { status, containers: [] });
    aws.changed();
  }
}

/** A cluster with one node, and the service `redis` with the image that `up` is told. */
async function world(t: ExecutionContext) {
  let image = "";
  const { aws, stack, ...engine } = await simulatedStack(t, async () => {
    const cluster = new Cluster("cluster", { containerInsights: "enabled", logRetentionDays: 7, nodes: {} });
    new ExternalService("redis", {
      cluster,
      image,
      network: { mode: "bridge", ports: [] },
      placement: { attributes: {}, distinctInstance: false },
      desiredCount: 1,
      memoryMiB: 64,
      cpuUnits: 128,
      environment: {},
      secrets: {},
      volumes: {},
      logRetentionDays: 7,
    });
  });
  const agent = setInterval(attend, 50, aws);
  t.teardown(() => clearInterval(agent));
  const up = (next: string) => {
    image = next;
    return engine.up();
  };
  const failedUp = (next: string, options?: UpOptions) => {
    image = next;
    return engine.failedUp(options);
  };
  const running = () =>
    Object.values(aws.runtime.ecs.tasks).flatMap((task) =>
      task.lastStatus === "RUNNING"
        ? (aws.runtime.ecs.definitions[task.taskDefinitionArn]?.containerDefinitions ?? []).map(
            (c) => c.image,
          )
        : [],
    );
  /** Takes the node out of its cluster and destroys the stack. Returns what is left in the account. */
  const destroy = async (): Promise<readonly string[]> => {
    for (const instance of Object.values(aws.runtime.ecs.instances)) instance.status = "INACTIVE";
    await stack.destroy();
    return [...aws.resources().map(({ id }) => id), ...Object.keys(aws.runtime.logs)];
  };
  return { stack, up, failedUp, running, destroy };
}

const rolledBack =
  /redis\.taskDefinition: \S+-redis:1: must be \S+-redis:2: ECS rolled its deployment back, .*; fix the image or the setting that fails and run `pulumi up`/;
const failed = /ECS deployment circuit breaker: tasks failed to start/;

test.serial("a bad image fails the up, and every further up, until the image is good again", async (t) => {
  const { up, failedUp, running, destroy } = await world(t);
  await up("redis:7");
  t.deepEqual(running(), ["redis:7"]);
  t.regex(await failedUp("redis:bad"), failed);
  for (const attempt of ["again", "and again"]) {
    t.regex(await failedUp("redis:bad"), rolledBack, attempt);
    t.deepEqual(running(), ["redis:7"], attempt);
  }
  await up("redis:8");
  t.deepEqual(running(), ["redis:8"]);
  t.deepEqual(Object.keys(await up("redis:8")), ["same"]);
  t.deepEqual(await destroy(), [], "left in AWS, Container Insights' log group included");
});

test.serial("after a refresh, the next up deploys again what ECS rolled back", async (t) => {
  const { stack, up, failedUp, running } = await world(t);
  await up("redis:7");
  await failedUp("redis:bad");
  const remedy = /if nothing is to be fixed, run `pulumi refresh`, then `pulumi up`, which deploys it again/;
  t.regex(await failedUp("redis:bad"), remedy);
  await stack.refresh();
  t.regex(await failedUp("redis:bad"), failed);
  await stack.refresh();
  await up("redis:7");
  t.deepEqual(running(), ["redis:7"]);
});

test.serial("a first deployment that fails does not look well at the next up", async (t) => {
  const { up, failedUp, running } = await world(t);
  t.regex(await failedUp("redis:bad"), failed);
  const again = await failedUp("redis:bad");
  t.regex(again, /redis\.taskDefinition: .*deployment failed: tasks failed to start\.: must be deployed, /);
  const [, urn = ""] = /`pulumi up --replace '(\S+)'`/.exec(again) ?? [];
  t.regex(await failedUp("redis:bad", { replace: [urn] }), failed);
  await up("redis:7");
  t.deepEqual(running(), ["redis:7"]);
});
