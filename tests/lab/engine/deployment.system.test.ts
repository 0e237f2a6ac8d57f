/** Deployments that fail, on the real engine: a later `up` must not say that all is well while ECS runs something else. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import anyTest, { type ExecutionContext, type TestFn } from "ava";
import { Cluster } from "../../../components/cluster/cluster.ts";
import { ExternalService } from "../../../components/service/external-service.ts";
import { Aws } from "../../../lab/aws/aws.ts";
import { registerInstance } from "../../../lab/aws/control/instances.ts";
import { report } from "../../../lab/aws/control/tasks.ts";
import { Daemon } from "../../../lab/aws/daemon.ts";
import { noDataPlane } from "../../../lab/aws/data-plane/contract.ts";
import { openSocket } from "../../../lab/aws/front/socket.ts";
import { findEngine } from "../../../lab/engine/engine.ts";
import { labStack, type UpOptions } from "../../../lab/engine/stack.ts";
import { byLab, need } from "../../support/needs.ts";

const root = join(import.meta.dirname, "../../..");
const engine = await findEngine(join(root, ".lab/engine"));
need(engine === undefined ? ["Pulumi engine"] : [], byLab);
const test = anyTest as TestFn;

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
      attributes: { "com.amazonaws.ecs.capability.logging-driver.awslogs": "" },
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

const stackConfig = {
  site: { cidr: "192.168.1.0/24", publicAddress: "198.51.100.7", gateway: "pi-1" },
  hosts: {},
};

/** A cluster with one node, and the service `redis` with the image that `up` is told. */
async function world(t: ExecutionContext) {
  t.timeout(300_000);
  if (engine === undefined) throw new Error("no engine");
  const lab = await mkdtemp(join(tmpdir(), "lab-deployment-"));
  const aws = new Aws({ region: "us-east-1", account: "123456789012" });
  const daemon = new Daemon({ aws, dataPlane: noDataPlane, stateFile: join(lab, "aws.json"), log: t.log });
  await daemon.start();
  const socket = join(lab, "aws.sock");
  const closeSocket = await openSocket(daemon, socket);
  const agent = setInterval(attend, 50, aws);
  let image = "";
  const program = async () => {
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
  };
  const attach = { aws: [join(root, "lab/aws/provider.ts"), "--socket", socket] };
  const stack = await labStack({ engine, lab, name: "test", attach, program });
  t.teardown(async () => {
    await stack.close();
    clearInterval(agent);
    closeSocket();
    await daemon.close();
    await rm(lab, { recursive: true });
  });
  await stack.setConfig(stackConfig);
  const up = async (next: string, options: UpOptions = {}) => {
    image = next;
    return (await stack.up(options)).summary.resourceChanges ?? {};
  };
  /** Returns the error of an `up` that must fail. */
  const failedUp = async (next: string, options: UpOptions = {}): Promise<string> => {
    // The program runs in this process: what it rejects is the engine's, and not ava's.
    const before = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    const ignore = () => undefined;
    process.on("unhandledRejection", ignore);
    const error = await t.throwsAsync(up(next, options));
    await new Promise((resolve) => setTimeout(resolve, 200));
    process.off("unhandledRejection", ignore);
    for (const listener of before) process.on("unhandledRejection", listener);
    return error?.message ?? "";
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
