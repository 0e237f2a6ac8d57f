/** The life of a task: started by the scheduler, reported by the agent. */
import type { Account } from "../account.ts";
import { AwsError, documented } from "../errors.ts";
import type { ContainerInstance, EcsService, RegisteredTaskDefinition, Task } from "./model.ts";
import { noteFailedStart } from "./service.ts";

export function startTask(
  aws: Account,
  service: EcsService,
  definition: RegisteredTaskDefinition,
  instance: ContainerInstance,
  deploymentId: string,
): Task {
  const clusterName = service.clusterArn.split("/").at(-1);
  const arn = aws.arn("ecs", `task/${clusterName}/${aws.ids.hex(32)}`);
  const task: Task = {
    arn,
    clusterArn: service.clusterArn,
    containerInstanceArn: instance.arn,
    taskDefinitionArn: definition.arn,
    group: `service:${service.name}`,
    serviceArn: service.arn,
    startedBy: deploymentId,
    lastStatus: "PENDING",
    desiredStatus: "RUNNING",
    containers: definition.containerDefinitions.map((c) => ({
      name: c.name,
      lastStatus: "PENDING",
      hasHealthCheck: c.healthCheck !== undefined,
      healthStatus: "UNKNOWN",
      networkBindings: [],
    })),
    createdAt: aws.now().toISOString(),
  };
  aws.runtime.ecs.tasks[arn] = task;
  return task;
}

/**
 * Returns ECS's health of a task: UNHEALTHY if one container is; HEALTHY if all containers with a check are; otherwise
 * UNKNOWN.
 */
export function healthOf(task: Task): "HEALTHY" | "UNHEALTHY" | "UNKNOWN" {
  const checked = task.containers.filter((c) => c.hasHealthCheck);
  if (checked.some((c) => c.healthStatus === "UNHEALTHY")) return "UNHEALTHY";
  return checked.length > 0 && checked.every((c) => c.healthStatus === "HEALTHY") ? "HEALTHY" : "UNKNOWN";
}

/** Whether a container's first health report is still to come. */
export const awaitsHealth = (task: Task): boolean =>
  task.containers.some(({ hasHealthCheck, healthStatus }) => hasHealthCheck && healthStatus === "UNKNOWN");

/** An agent's report of one container, beyond what the agent already reported. */
export interface ContainerReport {
  readonly name: string;
  readonly lastStatus?: string | undefined;
  readonly healthStatus?: "HEALTHY" | "UNHEALTHY" | "UNKNOWN" | undefined;
  readonly exitCode?: number | undefined;
  readonly reason?: string | undefined;
  readonly runtimeId?: string | undefined;
  readonly imageDigest?: string | undefined;
  readonly networkBindings?: Task["containers"][number]["networkBindings"] | undefined;
}

export interface TaskReport {
  readonly status?: "PENDING" | "RUNNING" | "STOPPED" | undefined;
  readonly reason?: string | undefined;
  readonly containers: readonly ContainerReport[];
}

const defined = <T extends object>(of: T): Partial<T> =>
  Object.fromEntries(Object.entries(of).filter(([, v]) => v !== undefined && v !== "")) as Partial<T>;

/** Records an agent's report of a task. A stopped task stays stopped. */
export function report(aws: Account, task: Task, reported: TaskReport): void {
  if (task.lastStatus === "STOPPED") return;
  for (const one of reported.containers) {
    const container = task.containers.find((c) => c.name === one.name);
    if (container) Object.assign(container, defined(one));
  }
  if (reported.status === "RUNNING" && task.lastStatus === "PENDING") {
    task.lastStatus = "RUNNING";
    task.startedAt = aws.now().toISOString();
    const deployment = task.serviceArn && aws.runtime.ecs.services[task.serviceArn]?.deployments[0];
    // Only consecutive failures count.
    if (deployment && deployment.id === task.startedBy && !task.containers.some((c) => c.hasHealthCheck))
      deployment.failedTasks = 0;
  }
  if (reported.status === "STOPPED") ended(aws, task, reported.reason);
}

/** Records that a task is over. */
export function ended(aws: Account, task: Task, reason: string | undefined): void {
  const asked = task.desiredStatus === "STOPPED";
  const neverRan = task.lastStatus === "PENDING";
  task.lastStatus = "STOPPED";
  task.desiredStatus = "STOPPED";
  task.stoppedAt = aws.now().toISOString();
  for (const container of task.containers) container.lastStatus = "STOPPED";
  if (asked) return;
  task.stopCode = neverRan ? "TaskFailedToStart" : "EssentialContainerExited";
  task.stoppedReason = reason ?? (neverRan ? "Task failed to start" : "Essential container in task exited");
  const service = task.serviceArn === undefined ? undefined : aws.runtime.ecs.services[task.serviceArn];
  const lived = Date.parse(task.stoppedAt) - Date.parse(task.startedAt ?? task.stoppedAt);
  // A task that ran for less than a minute counts as a failed start for the throttle, so that it does not restart in a
  // loop.
  if (service && (neverRan || lived < 60_000)) noteFailedStart(aws, service, task);
}

export function findTask(aws: Account, ref: string): Task {
  const found = Object.values(aws.runtime.ecs.tasks).find(
    (t) => t.arn === ref || t.arn.split("/").at(-1) === ref,
  );
  if (!found)
    throw new AwsError(
      "InvalidParameterException",
      "The referenced task was not found.",
      documented("Amazon ECS API, SubmitTaskStateChange, errors: InvalidParameterException"),
    );
  return found;
}
