/** A stack of this project's files on the real engine and the simulated AWS, with hosts on which every step is in force at once. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { ExecutionContext } from "ava";
import { Aws } from "../../../lab/aws/aws.ts";
import { registerInstance } from "../../../lab/aws/control/instances.ts";
import { report } from "../../../lab/aws/control/tasks.ts";
import { Daemon } from "../../../lab/aws/daemon.ts";
import { noDataPlane } from "../../../lab/aws/data-plane/contract.ts";
import { openSocket } from "../../../lab/aws/front/socket.ts";
import type { StackConfig } from "../../../lab/engine/config.ts";
import { findEngine } from "../../../lab/engine/engine.ts";
import { type LabStackOptions, labStack } from "../../../lab/engine/stack.ts";
import { stackAttribute } from "../../../limits/cluster.ts";
import { openStackFile, settings, withStandIns } from "../../../tools/stack-file.ts";
import { byLab, need } from "../../support/needs.ts";

export const root = join(import.meta.dirname, "../../..");
const engine = await findEngine(join(root, ".lab/engine"));
need(engine === undefined ? ["Pulumi engine"] : [], byLab);

/**
 * The agents of three nodes: they join the cluster once it is there, do what they are told to, and leave it when all services
 * are gone in a destroy.
 */
function attend(aws: Aws, leaving: boolean): void {
  const { instances, tasks } = aws.runtime.ecs;
  const [cluster] = aws.resources("aws:ecs/cluster:Cluster");
  const isIdle = Object.values(tasks).every(({ lastStatus }) => lastStatus === "STOPPED");
  if (leaving && isIdle && aws.resources("aws:ecs/service:Service").length === 0) {
    aws.runtime.ecs.instances = {};
    aws.changed();
    return;
  }
  if (!leaving && cluster && Object.keys(instances).length === 0)
    for (const number of [1, 2, 3])
      registerInstance(aws, `mi-${number}`, {
        cluster: cluster.id.split("/").at(-1) ?? "",
        cpu: 4096,
        memory: 1024,
        reservedPorts: [22],
        reservedPortsUdp: [],
        attributes: {
          ...(number === 3 ? { redis: "true" } : {}),
          // The stack's own cluster is named after the stack.
          [stackAttribute]: cluster.id.split("/").at(-1) ?? "",
          "com.amazonaws.ecs.capability.logging-driver.awslogs": "",
        },
        versionInfo: {},
      });
  for (const instance of Object.values(instances)) instance.lastPoll = aws.now().toISOString();
  for (const task of Object.values(tasks)) {
    const status = task.desiredStatus;
    if (task.lastStatus !== status) {
      report(aws, task, { status, containers: [] });
      aws.changed();
    }
  }
}

/** Returns what an `up` did to resources that are not `same`: `update hits-logs`. */
export function stepsOf(events: readonly EngineEvent[]): string[] {
  return events
    .flatMap(({ resourcePreEvent }) => {
      const { op = "same", urn = "", type = "" } = resourcePreEvent?.metadata ?? {};
      return op === "same" || type === "pulumi:pulumi:Stack" ? [] : [`${op} ${urn.split("::").at(-1)}`];
    })
    .toSorted();
}

/** Opens a stack of this project, not yet up, with the settings of its file. */
export async function living(t: ExecutionContext, name: string, more: Partial<LabStackOptions> = {}) {
  t.timeout(600_000);
  if (engine === undefined) throw new Error("no engine");
  const lab = await mkdtemp(join(tmpdir(), "lab-living-"));
  const aws = new Aws({ region: "us-east-1", account: "123456789012" });
  const daemon = new Daemon({ aws, dataPlane: noDataPlane, stateFile: join(lab, "aws.json"), log: t.log });
  await daemon.start();
  const socket = join(lab, "aws.sock");
  const closeSocket = await openSocket(daemon, socket);
  let leaving = false;
  const agents = setInterval(() => attend(aws, leaving), 100);
  const stack = await labStack({
    engine,
    lab,
    name,
    attach: {
      aws: [join(root, "lab/aws/provider.ts"), "--socket", socket],
      command: [join(root, "lab/bench/growth/instant.ts"), "command"],
    },
    ...more,
  });
  t.teardown(async () => {
    await stack.close();
    clearInterval(agents);
    closeSocket();
    await daemon.close();
    await rm(lab, { recursive: true });
  });
  let config = withStandIns(settings(await openStackFile(root, name))) as unknown as StackConfig;
  /** Changes settings, brings the stack up, and returns what that did; the next preview must find nothing to do. */
  const up = async (change: Partial<StackConfig> = {}) => {
    config = { ...config, ...change };
    await stack.setConfig(config);
    const events: EngineEvent[] = [];
    const { stdout } = await stack.up({ onEvent: (event) => events.push(event) });
    return { steps: stepsOf(events), stdout };
  };
  const destroy = async () => {
    leaving = true;
    const { stdout } = await stack.destroy();
    leaving = false;
    return stdout;
  };
  const preview = async () => {
    const events: EngineEvent[] = [];
    await stack.preview({ onEvent: (event) => events.push(event) });
    return stepsOf(events);
  };
  return { aws, stack, config, up, preview, destroy };
}
