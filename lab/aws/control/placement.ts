/** Where a task may run: ECS's tests of a container instance, in ECS's order, and the reason that each gives. */
import type { Account } from "../account.ts";
import { parseExpression, type Subject } from "./expression.ts";
import type {
  ContainerInstance,
  EcsService,
  PlacementConstraint,
  RegisteredTaskDefinition,
  Task,
} from "./model.ts";

/** Returns the CPU units, MiB and host ports that a task of this definition takes. */
export function demandOf(definition: RegisteredTaskDefinition) {
  const sum = (of: (c: RegisteredTaskDefinition["containerDefinitions"][number]) => number) =>
    definition.containerDefinitions.map(of).reduce((a, b) => a + b, 0);
  const ports = definition.containerDefinitions.flatMap((c) =>
    c.portMappings.map((p) => ({
      protocol: p.protocol,
      port: definition.networkMode === "host" ? (p.hostPort ?? p.containerPort) : (p.hostPort ?? 0),
    })),
  );
  return {
    cpu: definition.cpu ?? sum((c) => c.cpu),
    memory: definition.memory ?? sum((c) => c.memoryReservation ?? c.memory ?? 0),
    // Port 0 means that Docker picks a free port, so it never clashes.
    tcp: ports.filter((p) => p.protocol === "tcp" && p.port !== 0).map((p) => p.port),
    udp: ports.filter((p) => p.protocol === "udp" && p.port !== 0).map((p) => p.port),
  };
}

/** Returns the tasks that hold an instance's resources: all that have not stopped yet. */
export const tasksOn = (aws: Account, instance: ContainerInstance): Task[] =>
  Object.values(aws.runtime.ecs.tasks).filter(
    (t) => t.containerInstanceArn === instance.arn && t.lastStatus !== "STOPPED",
  );

/** Returns the resources that are left on an instance. */
export function remaining(aws: Account, instance: ContainerInstance) {
  const demands = tasksOn(aws, instance).flatMap((t) => {
    const definition = aws.runtime.ecs.definitions[t.taskDefinitionArn];
    return definition ? [demandOf(definition)] : [];
  });
  const used = (key: "cpu" | "memory") => demands.map((d) => d[key]).reduce((a, b) => a + b, 0);
  return {
    cpu: instance.cpu - used("cpu"),
    memory: instance.memory - used("memory"),
    tcp: [...instance.reservedPorts, ...demands.flatMap((d) => d.tcp)],
    udp: [...instance.reservedPortsUdp, ...demands.flatMap((d) => d.udp)],
  };
}

export const subjectOf =
  (aws: Account, instance: ContainerInstance): Subject =>
  (name) => {
    const tasks = tasksOn(aws, instance);
    if (name.startsWith("attribute:")) {
      const value = instance.attributes[name.slice("attribute:".length)];
      return value === undefined ? undefined : [value];
    }
    const own: Readonly<Record<string, readonly string[]>> = {
      agentConnected: [String(instance.agentConnected)],
      agentVersion: [instance.versionInfo.agentVersion ?? ""],
      ec2InstanceId: [instance.ec2InstanceId],
      registeredAt: [instance.registeredAt],
      runningTasksCount: [String(tasks.filter((t) => t.lastStatus === "RUNNING").length)],
      "task:group": tasks.map((t) => t.group),
    };
    return own[name];
  };

/** Returns the capabilities that the definition needs and the agent did not register. */
const capabilities = (definition: RegisteredTaskDefinition): string[] => [
  ...(definition.containerDefinitions.some((c) => c.logConfiguration?.logDriver === "awslogs")
    ? ["com.amazonaws.ecs.capability.logging-driver.awslogs"]
    : []),
];

/**
 * Returns the reason why ECS would not place the task here, in the words of its service events, or undefined if it
 * would.
 */
export function obstacle(
  aws: Account,
  instance: ContainerInstance,
  service: EcsService,
  definition: RegisteredTaskDefinition,
): string | undefined {
  const id = instance.arn.split("/").at(-1);
  const closest = `The closest matching container-instance ${id}`;
  if (instance.status !== "ACTIVE") return `${closest} is not ACTIVE.`;
  if (!instance.agentConnected) return `${closest} has the agent disconnected.`;
  const missing = capabilities(definition).find((c) => !(c in instance.attributes));
  if (missing) return `${closest} is missing an attribute required by your task.`;
  const constraints: PlacementConstraint[] = [
    ...definition.placementConstraints,
    ...service.placementConstraints,
  ];
  const subject = subjectOf(aws, instance);
  for (const { type, expression } of constraints) {
    if (type === "distinctInstance" && tasksOn(aws, instance).some((t) => t.serviceArn === service.arn))
      return `${closest} encountered error "DistinctInstance placement constraint unsatisfied.".`;
    if (type === "memberOf" && expression !== undefined && !parseExpression(expression)(subject))
      return `${closest} encountered error "MemberOf placement constraint unsatisfied.".`;
  }
  if (
    service.schedulingStrategy === "DAEMON" &&
    tasksOn(aws, instance).some((t) => t.serviceArn === service.arn)
  )
    return `${closest} already runs a task of the service.`;
  const demand = demandOf(definition);
  const left = remaining(aws, instance);
  if (demand.tcp.some((p) => left.tcp.includes(p)) || demand.udp.some((p) => left.udp.includes(p)))
    return `${closest} is already using a port required by your task.`;
  if (demand.memory > left.memory) return `${closest} has insufficient memory available.`;
  if (demand.cpu > left.cpu) return `${closest} has insufficient CPU units available.`;
  return undefined;
}

/** Returns the instances that a DAEMON service has a task on: ACTIVE, connected, and allowed by the constraints. */
export const eligible = (
  aws: Account,
  service: EcsService,
  definition: RegisteredTaskDefinition,
): ContainerInstance[] =>
  Object.values(aws.runtime.ecs.instances).filter((instance) => {
    if (instance.clusterArn !== service.clusterArn || instance.status !== "ACTIVE") return false;
    const why = obstacle(aws, instance, { ...service, schedulingStrategy: "REPLICA" }, definition);
    const own = tasksOn(aws, instance).some((t) => t.serviceArn === service.arn);
    return own || why === undefined;
  });

export type Placement = { readonly instance: ContainerInstance } | { readonly reason: string };

/**
 * Returns the instance with the fewest tasks of the service among those that fit (ECS's default is to spread), or the
 * reason why there is none.
 */
export function place(aws: Account, service: EcsService, definition: RegisteredTaskDefinition): Placement {
  const instances = Object.values(aws.runtime.ecs.instances).filter(
    (i) => i.clusterArn === service.clusterArn && i.status !== "INACTIVE",
  );
  if (instances.length === 0) return { reason: "No Container Instances were found in your cluster." };
  const obstacles = instances.map((instance) => ({
    instance,
    why: obstacle(aws, instance, service, definition),
  }));
  const load = (i: ContainerInstance) => {
    const tasks = tasksOn(aws, i);
    return tasks.filter((t) => t.serviceArn === service.arn).length * 1000 + tasks.length;
  };
  const free = obstacles
    .filter((o) => o.why === undefined)
    .map((o) => o.instance)
    .sort((a, b) => load(a) - load(b) || a.arn.localeCompare(b.arn));
  const [best] = free;
  if (best) return { instance: best };
  // ECS names the instance that came closest: the one that failed the latest test.
  const order = ["ACTIVE", "disconnected", "attribute", "placement", "port", "memory", "CPU"];
  const rank = (why: string | undefined) => order.findIndex((word) => why?.includes(word));
  const [closest] = obstacles.sort((a, b) => rank(b.why) - rank(a.why));
  return { reason: closest?.why ?? "" };
}
