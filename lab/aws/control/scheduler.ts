/**
 * The ECS service scheduler: brings the tasks of every service to what its deployments want. One call is one round; the
 * daemon runs a round after every change and every second. ECS developer guide: "Service scheduler concepts",
 * "Deployment circuit breaker", "Service throttle logic".
 */
import type { Account } from "../account.ts";
import { createInsightsGroups } from "./insights.ts";
import type { Deployment, EcsService, Task } from "./model.ts";
import { eligible, place } from "./placement.ts";
import { addEvent, deploy, primaryOf, stop } from "./service.ts";
import { healthOf, startTask } from "./tasks.ts";

/** Agents poll at least every 20 s. */
const missedPollSeconds = 40;
/** ECS shows stopped tasks for an hour. */
const stoppedTasksKeptSeconds = 3600;

const seconds = (aws: Account, since: string): number => (aws.now().getTime() - Date.parse(since)) / 1000;

const isUp = (task: Task): boolean =>
  task.lastStatus === "RUNNING" && ["HEALTHY", "UNKNOWN"].includes(healthOf(task)) && !isWarmingUp(task);

/** Whether a container with a health check is still to report its health. */
const isWarmingUp = (task: Task): boolean =>
  task.containers.some((c) => c.hasHealthCheck && c.healthStatus === "UNKNOWN");

const tasksOf = (aws: Account, service: EcsService): Task[] =>
  Object.values(aws.runtime.ecs.tasks).filter(
    (t) => t.serviceArn === service.arn && t.lastStatus !== "STOPPED",
  );

const list = (tasks: readonly Task[]): string =>
  tasks.map((t) => `(task ${t.arn.split("/").at(-1)})`).join(" ");

/** Marks instances whose agent has fallen silent. Their tasks keep running and are not replaced, as on AWS. */
function watchAgents(aws: Account): void {
  for (const instance of Object.values(aws.runtime.ecs.instances))
    if (instance.agentConnected && seconds(aws, instance.lastPoll) > missedPollSeconds)
      instance.agentConnected = false;
}

function wantedCount(aws: Account, service: EcsService, primary: Deployment): number {
  if (service.schedulingStrategy === "REPLICA") return service.desiredCount;
  const definition = aws.runtime.ecs.definitions[primary.taskDefinitionArn];
  return definition ? eligible(aws, service, definition).length : 0;
}

function stopSome(aws: Account, service: EcsService, tasks: readonly Task[], reason: string): void {
  if (tasks.length === 0) return;
  for (const task of tasks) stop(aws, task, "ServiceSchedulerInitiated", reason);
  addEvent(aws, service, `has stopped ${tasks.length} running tasks: ${list(tasks)}.`);
}

/** Stops surplus tasks: too many, unhealthy, of an older deployment, or on a draining instance. */
function stopSurplus(aws: Account, service: EcsService, primary: Deployment, wanted: number): void {
  const reason = `Scaling activity initiated by (deployment ${primary.id})`;
  const live = tasksOf(aws, service).filter((t) => t.desiredStatus === "RUNNING");
  for (const task of live.filter((t) => healthOf(t) === "UNHEALTHY")) {
    stop(aws, task, "ServiceSchedulerInitiated", "Task failed container health checks");
    if (task.startedBy === primary.id) primary.failedTasks += 1;
    const id = task.arn.split("/").at(-1);
    addEvent(aws, service, `(task ${id}) failed container health checks.`);
  }
  const { instances } = aws.runtime.ecs;
  const isOld = (t: Task) =>
    t.startedBy !== primary.id || instances[t.containerInstanceArn]?.status === "DRAINING";
  const still = live.filter((t) => t.desiredStatus === "RUNNING");
  const current = still.filter((t) => !isOld(t));
  const newestFirst = [...current].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  stopSome(aws, service, newestFirst.slice(0, Math.max(0, current.length - wanted)), reason);
  const minimum = Math.ceil((wanted * service.minimumHealthyPercent) / 100);
  const old = still.filter(isOld);
  const idle = old.filter((t) => !isUp(t));
  const spare = Math.max(0, still.filter(isUp).length - minimum);
  stopSome(aws, service, [...idle, ...old.filter(isUp).slice(0, spare)], reason);
}

function startMissing(aws: Account, service: EcsService, primary: Deployment, wanted: number): void {
  const definition = aws.runtime.ecs.definitions[primary.taskDefinitionArn];
  if (!definition || primary.rolloutState === "FAILED") return;
  if (service.retryAfter !== undefined && seconds(aws, service.retryAfter) < 0) return;
  const all = tasksOf(aws, service);
  const { instances } = aws.runtime.ecs;
  const current = all.filter(
    (t) =>
      t.startedBy === primary.id &&
      t.desiredStatus === "RUNNING" &&
      instances[t.containerInstanceArn]?.status !== "DRAINING",
  );
  const ceiling = Math.max(Math.floor((wanted * service.maximumPercent) / 100), 1);
  const room = Math.min(wanted - current.length, ceiling - all.length);
  const started: Task[] = [];
  for (let i = 0; i < room; i++) {
    const placement = place(aws, service, definition);
    if ("reason" in placement) {
      addEvent(
        aws,
        service,
        `was unable to place a task because no container instance met all of its requirements. Reason: ${placement.reason} For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
      );
      break;
    }
    started.push(startTask(aws, service, definition, placement.instance, primary.id));
  }
  if (started.length > 0) addEvent(aws, service, `has started ${started.length} tasks: ${list(started)}.`);
}

/**
 * Returns the number of consecutive failures that ends a deployment: half of the desired count, but at least 3 and at
 * most 200.
 */
const threshold = (wanted: number): number => Math.min(200, Math.max(3, Math.ceil(wanted / 2)));

function judge(aws: Account, service: EcsService, primary: Deployment, wanted: number): void {
  const all = tasksOf(aws, service);
  const up = all.filter((t) => t.startedBy === primary.id && t.desiredStatus === "RUNNING" && isUp(t));
  primary.desiredCount = wanted;
  if (primary.rolloutState === "IN_PROGRESS" && up.length === wanted && all.length === up.length) {
    primary.rolloutState = "COMPLETED";
    primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
    primary.updatedAt = aws.now().toISOString();
    primary.failedTasks = 0;
    delete service.retryAfter;
    service.lastCompleted = primary.taskDefinitionArn;
    service.deployments = [primary];
    addEvent(aws, service, `(deployment ${primary.id}) deployment completed.`);
    addEvent(aws, service, "has reached a steady state.");
  }
  const { enable, rollback } = service.circuitBreaker;
  if (!enable || primary.rolloutState !== "IN_PROGRESS" || primary.failedTasks < threshold(wanted)) return;
  primary.rolloutState = "FAILED";
  primary.rolloutStateReason = "ECS deployment circuit breaker: tasks failed to start.";
  primary.updatedAt = aws.now().toISOString();
  addEvent(aws, service, `(deployment ${primary.id}) deployment failed: tasks failed to start.`);
  if (!rollback || service.lastCompleted === undefined || service.lastCompleted === primary.taskDefinitionArn)
    return;
  deploy(aws, service, service.lastCompleted);
  addEvent(aws, service, `rolling back to deployment ${primaryOf(service)?.id}.`);
}

function forgetOldTasks(aws: Account): void {
  const { tasks } = aws.runtime.ecs;
  for (const [arn, task] of Object.entries(tasks))
    if (task.stoppedAt !== undefined && seconds(aws, task.stoppedAt) > stoppedTasksKeptSeconds)
      delete tasks[arn];
}

/** Runs one round over all services. Returns whether anything changed. */
export function schedule(aws: Account): boolean {
  const before = JSON.stringify(aws.runtime.ecs);
  watchAgents(aws);
  for (const service of Object.values(aws.runtime.ecs.services)) {
    if (service.status === "DRAINING" && tasksOf(aws, service).length === 0) service.status = "INACTIVE";
    const primary = primaryOf(service);
    if (service.status !== "ACTIVE" || !primary) continue;
    const wanted = wantedCount(aws, service, primary);
    // A steady deployment that loses tasks does not go back to "in progress": ECS just replaces them.
    stopSurplus(aws, service, primary, wanted);
    startMissing(aws, service, primary, wanted);
    judge(aws, service, primaryOf(service) ?? primary, wanted);
  }
  forgetOldTasks(aws);
  createInsightsGroups(aws);
  return JSON.stringify(aws.runtime.ecs) !== before;
}

/** Returns ECS's reason if a deployment failed and nothing has replaced it yet. */
export function failureOf(service: EcsService, deploymentId: string | undefined): string | undefined {
  const failed = service.deployments.find((d) => d.id === deploymentId && d.rolloutState === "FAILED");
  if (!failed) return undefined;
  return `deployment ${failed.id} failed: ${failed.rolloutStateReason} ${service.events[0]?.message ?? ""}`;
}

/** Whether a service has what its newest deployment wants. */
export function isSteady(aws: Account, service: EcsService): boolean {
  const primary = primaryOf(service);
  if (!primary) return true;
  const wanted = wantedCount(aws, service, primary);
  return primary.rolloutState === "COMPLETED" && tasksOf(aws, service).filter(isUp).length === wanted;
}
