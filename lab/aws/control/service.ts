/** Creates, changes and deletes ECS services. The scheduler does the rest. */
import type { Account } from "../account.ts";
import type { Deployment, EcsService, Task } from "./model.ts";

const keptEvents = 100;
/** ECS waits up to 27 minutes; in the lab, the retry should be seen sooner. */
const longestRetrySeconds = 60;

/** Adds an event; newest first, as DescribeServices lists them. ECS does not repeat its latest message. */
export function addEvent(aws: Account, service: EcsService, message: string): void {
  const text = `(service ${service.name}) ${message}`;
  if (service.events[0]?.message === text) return;
  service.events.unshift({ id: aws.ids.uuid(), createdAt: aws.now().toISOString(), message: text });
  service.events.length = Math.min(service.events.length, keptEvents);
}

export const primaryOf = (service: EcsService): Deployment | undefined =>
  service.deployments.find((d) => d.status === "PRIMARY");

/** Starts a deployment of a task definition. The deployment before it keeps running until it is replaced. */
export function deploy(aws: Account, service: EcsService, taskDefinitionArn: string): void {
  const now = aws.now().toISOString();
  for (const before of service.deployments) before.status = "ACTIVE";
  const id = `ecs-svc/${aws.ids.text(19, "123456789")}`;
  service.deployments.unshift({
    id,
    status: "PRIMARY",
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    taskDefinitionArn,
    desiredCount: service.desiredCount,
    failedTasks: 0,
    createdAt: now,
    updatedAt: now,
  });
  delete service.retryAfter;
}

export function stop(aws: Account, task: Task, stopCode: string, stoppedReason: string): void {
  if (task.desiredStatus === "STOPPED") return;
  task.desiredStatus = "STOPPED";
  task.stopCode = stopCode;
  task.stoppedReason = stoppedReason;
  task.stoppingAt = aws.now().toISOString();
}

/** Begins to delete a service: its tasks stop, and then the service is INACTIVE. */
export function drain(aws: Account, service: EcsService): void {
  service.status = "DRAINING";
  service.desiredCount = 0;
  service.deployments = [];
  const tasks = Object.values(aws.runtime.ecs.tasks).filter((t) => t.serviceArn === service.arn);
  for (const task of tasks)
    stop(
      aws,
      task,
      "ServiceSchedulerInitiated",
      `Scaling activity initiated by deployment ${task.startedBy}`,
    );
  if (tasks.every((t) => t.lastStatus === "STOPPED")) service.status = "INACTIVE";
}

/** Counts a task that ended before it was up against its deployment. The next attempt waits longer. */
export function noteFailedStart(aws: Account, service: EcsService, task: Task): void {
  const deployment = service.deployments.find((d) => d.id === task.startedBy);
  if (!deployment) return;
  deployment.failedTasks += 1;
  const wait = Math.min(longestRetrySeconds, 2 ** (deployment.failedTasks - 1));
  service.retryAfter = new Date(aws.now().getTime() + wait * 1000).toISOString();
  if (deployment.failedTasks >= 3)
    addEvent(
      aws,
      service,
      "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    );
}
