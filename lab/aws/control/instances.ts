/**
 * Container instances: an ECS agent's calls to the control plane. API reference: RegisterContainerInstance and those
 * that follow.
 */
import type { Account } from "../account.ts";
import { AwsError, documented, guessed } from "../errors.ts";
import { findCluster } from "../services/cluster/cluster.ts";
import type { ContainerInstance, Task } from "./model.ts";
import { type ContainerReport, ended, report } from "./tasks.ts";

export interface Registration {
  readonly cluster: string;
  readonly containerInstanceArn?: string | undefined;
  /** CPU units, MiB. */
  readonly cpu: number;
  readonly memory: number;
  readonly reservedPorts: readonly number[];
  readonly reservedPortsUdp: readonly number[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly versionInfo: Readonly<Record<string, string>>;
}

/** Attributes that the agent owns. All others are the user's, and keep the value of the first registration. */
const isAgents = (name: string): boolean => name.startsWith("ecs.") || name.startsWith("com.amazonaws.ecs.");

export function registerInstance(
  aws: Account,
  managedInstance: string,
  asked: Registration,
): ContainerInstance {
  const cluster = findCluster(aws, asked.cluster);
  const now = aws.now().toISOString();
  const known = asked.containerInstanceArn && aws.runtime.ecs.instances[asked.containerInstanceArn];
  if (asked.containerInstanceArn !== undefined) {
    if (!known || known.status === "INACTIVE" || known.clusterArn !== cluster.id)
      throw new AwsError("ClientException", "Container instance is not registered in this cluster.", guessed);
    const own = Object.fromEntries(Object.entries(known.attributes).filter(([name]) => !isAgents(name)));
    const agents = Object.fromEntries(Object.entries(asked.attributes).filter(([name]) => isAgents(name)));
    Object.assign(known, {
      attributes: { ...own, ...agents },
      cpu: asked.cpu,
      memory: asked.memory,
      versionInfo: { ...asked.versionInfo },
      agentConnected: true,
      lastPoll: now,
    });
    return known;
  }
  const arn = aws.arn("ecs", `container-instance/${cluster.inputs.name}/${aws.ids.hex(32)}`);
  const instance: ContainerInstance = {
    arn,
    clusterArn: cluster.id,
    ec2InstanceId: managedInstance,
    status: "ACTIVE",
    agentConnected: true,
    lastPoll: now,
    registeredAt: now,
    attributes: { ...asked.attributes },
    cpu: asked.cpu,
    memory: asked.memory,
    reservedPorts: [...asked.reservedPorts],
    reservedPortsUdp: [...asked.reservedPortsUdp],
    versionInfo: { ...asked.versionInfo },
    tags: {},
  };
  // The agent lost its state and registers as a new instance, so the old record has no agent any more.
  for (const old of Object.values(aws.runtime.ecs.instances))
    if (old.ec2InstanceId === managedInstance && old.status !== "INACTIVE") old.agentConnected = false;
  aws.runtime.ecs.instances[arn] = instance;
  return instance;
}

/** Finds an instance in a cluster by its ARN or by the ARN's last part. */
export function findInstance(aws: Account, clusterRef: string | undefined, ref: string): ContainerInstance {
  const cluster = findCluster(aws, clusterRef);
  const found = Object.values(aws.runtime.ecs.instances).find(
    (i) => i.clusterArn === cluster.id && (i.arn === ref || i.arn.split("/").at(-1) === ref),
  );
  if (!found || found.status === "INACTIVE")
    throw new AwsError(
      "InvalidParameterException",
      "The specified container instance is not registered in the cluster.",
      documented("Amazon ECS API, DeregisterContainerInstance, errors: InvalidParameterException"),
    );
  return found;
}

const tasksOf = (aws: Account, instance: ContainerInstance): Task[] =>
  Object.values(aws.runtime.ecs.tasks).filter(
    (t) => t.containerInstanceArn === instance.arn && t.lastStatus !== "STOPPED",
  );

/** Removes an instance from its cluster. With `force`, gives up its tasks, and services place them elsewhere. */
export function deregisterInstance(aws: Account, instance: ContainerInstance, force: boolean): void {
  const running = tasksOf(aws, instance);
  if (running.length > 0 && !force)
    throw new AwsError(
      "InvalidParameterException",
      "Found running tasks on the instance.",
      documented("Amazon ECS API, DeregisterContainerInstance: force"),
    );
  for (const task of running) {
    task.desiredStatus = "STOPPED";
    task.stopCode = "TerminationNotice";
    task.stoppedReason = "Container instance deregistered";
    ended(aws, task, undefined);
  }
  instance.status = "INACTIVE";
  instance.agentConnected = false;
}

export interface KnownTask {
  readonly taskArn: string;
  readonly lastStatus: "PENDING" | "RUNNING" | "STOPPED";
  readonly containers: readonly ContainerReport[];
}

/** Returns a polling agent's tasks that have not stopped. Throws when the agent should end. */
export function tasksOfInstance(aws: Account, arn: string): Task[] {
  const instance = aws.runtime.ecs.instances[arn];
  if (!instance || instance.status === "INACTIVE")
    throw new AwsError(
      "InactiveInstanceException",
      "The container instance is not registered any more.",
      documented("aws/amazon-ecs-agent, wsclient/decode.go: InactiveInstanceException"),
    );
  return tasksOf(aws, instance);
}

/** Records that an agent polls, and the state of its tasks. Returns its tasks that have not stopped. */
export function poll(aws: Account, arn: string, known: readonly KnownTask[]): Task[] {
  const tasks = tasksOfInstance(aws, arn);
  const instance = aws.runtime.ecs.instances[arn];
  if (instance) Object.assign(instance, { agentConnected: true, lastPoll: aws.now().toISOString() });
  const byArn = new Map(known.map((k) => [k.taskArn, k]));
  for (const task of tasks) {
    const reported = byArn.get(task.arn);
    if (reported) report(aws, task, { status: reported.lastStatus, containers: reported.containers });
    // The task never started there, and is no longer wanted.
    else if (task.desiredStatus === "STOPPED") ended(aws, task, undefined);
  }
  return tasksOfInstance(aws, arn);
}

/** Whether there is work for a polling agent at once. */
export function hasWork(tasks: readonly Task[], known: readonly KnownTask[]): boolean {
  const statuses = new Map(known.map((k) => [k.taskArn, k.lastStatus]));
  return tasks.some((t) =>
    t.desiredStatus === "RUNNING"
      ? !statuses.has(t.arn)
      : statuses.has(t.arn) && statuses.get(t.arn) !== "STOPPED",
  );
}
