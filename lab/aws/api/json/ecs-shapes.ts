/** The shapes of the ECS API's answers. */
import type { Account } from "../../account.ts";
import type { ContainerInstance, EcsService, RegisteredTaskDefinition, Task } from "../../control/model.ts";
import { remaining, tasksOn } from "../../control/placement.ts";
import { healthOf } from "../../control/tasks.ts";
import { cluster } from "../../services/cluster/cluster.ts";
import { service as serviceKind } from "../../services/service/service.ts";
import { epoch } from "../call.ts";

const pairs = (of: Readonly<Record<string, string>> | undefined) =>
  Object.entries(of ?? {}).map(([key, value]) => ({ key, value }));

const resources = (of: { cpu: number; memory: number; tcp: number[]; udp: number[] }) => [
  { name: "CPU", type: "INTEGER", doubleValue: 0, longValue: 0, integerValue: of.cpu },
  { name: "MEMORY", type: "INTEGER", doubleValue: 0, longValue: 0, integerValue: of.memory },
  {
    name: "PORTS",
    type: "STRINGSET",
    doubleValue: 0,
    longValue: 0,
    integerValue: 0,
    stringSetValue: of.tcp.map(String),
  },
  {
    name: "PORTS_UDP",
    type: "STRINGSET",
    doubleValue: 0,
    longValue: 0,
    integerValue: 0,
    stringSetValue: of.udp.map(String),
  },
];

export function describeInstance(aws: Account, i: ContainerInstance) {
  const tasks = tasksOn(aws, i);
  return {
    containerInstanceArn: i.arn,
    ec2InstanceId: i.ec2InstanceId,
    version: 1,
    versionInfo: i.versionInfo,
    status: i.status,
    agentConnected: i.agentConnected,
    registeredAt: epoch(i.registeredAt),
    runningTasksCount: tasks.filter((t) => t.lastStatus === "RUNNING").length,
    pendingTasksCount: tasks.filter((t) => t.lastStatus === "PENDING").length,
    remainingResources: resources(remaining(aws, i)),
    registeredResources: resources({
      cpu: i.cpu,
      memory: i.memory,
      tcp: i.reservedPorts,
      udp: i.reservedPortsUdp,
    }),
    attributes: Object.entries(i.attributes).map(([name, value]) =>
      value === "" ? { name } : { name, value },
    ),
    attachments: [],
    tags: pairs(i.tags),
  };
}

export const describeTask = (aws: Account, t: Task) => ({
  taskArn: t.arn,
  clusterArn: t.clusterArn,
  containerInstanceArn: t.containerInstanceArn,
  taskDefinitionArn: t.taskDefinitionArn,
  group: t.group,
  startedBy: t.startedBy,
  launchType: "EXTERNAL",
  lastStatus: t.lastStatus,
  desiredStatus: t.desiredStatus,
  healthStatus: healthOf(t),
  connectivity: aws.runtime.ecs.instances[t.containerInstanceArn]?.agentConnected
    ? "CONNECTED"
    : "DISCONNECTED",
  createdAt: epoch(t.createdAt),
  startedAt: epoch(t.startedAt),
  stoppingAt: epoch(t.stoppingAt),
  stoppedAt: epoch(t.stoppedAt),
  stopCode: t.stopCode,
  stoppedReason: t.stoppedReason,
  cpu: String(aws.runtime.ecs.definitions[t.taskDefinitionArn]?.cpu ?? 0),
  memory: String(aws.runtime.ecs.definitions[t.taskDefinitionArn]?.memory ?? 0),
  containers: t.containers.map((c) => ({
    containerArn: `${t.arn.replace(":task/", ":container/")}/${c.name}`,
    taskArn: t.arn,
    name: c.name,
    lastStatus: c.lastStatus,
    healthStatus: c.healthStatus,
    networkBindings: c.networkBindings,
    networkInterfaces: [],
    ...(c.exitCode === undefined ? {} : { exitCode: c.exitCode }),
    ...(c.reason === undefined ? {} : { reason: c.reason }),
    ...(c.runtimeId === undefined ? {} : { runtimeId: c.runtimeId }),
    ...(c.imageDigest === undefined ? {} : { imageDigest: c.imageDigest }),
  })),
  attachments: [],
  overrides: {
    containerOverrides: t.containers.map(({ name }) => ({ name })),
    inferenceAcceleratorOverrides: [],
  },
  tags: [],
  version: 1,
});

const tasksOfService = (aws: Account, s: EcsService): Task[] =>
  Object.values(aws.runtime.ecs.tasks).filter((t) => t.serviceArn === s.arn);

const counts = (tasks: readonly Task[]) => ({
  runningCount: tasks.filter((t) => t.lastStatus === "RUNNING").length,
  pendingCount: tasks.filter((t) => t.lastStatus === "PENDING").length,
});

export const describeService = (aws: Account, s: EcsService) => ({
  serviceArn: s.arn,
  serviceName: s.name,
  clusterArn: s.clusterArn,
  status: s.status,
  desiredCount: s.desiredCount,
  ...counts(tasksOfService(aws, s)),
  launchType: s.launchType,
  schedulingStrategy: s.schedulingStrategy,
  taskDefinition: s.deployments[0]?.taskDefinitionArn,
  loadBalancers: [],
  serviceRegistries: [],
  deploymentConfiguration: {
    deploymentCircuitBreaker: s.circuitBreaker,
    maximumPercent: s.maximumPercent,
    minimumHealthyPercent: s.minimumHealthyPercent,
  },
  deployments: s.deployments.map((d) => ({
    id: d.id,
    status: d.status,
    taskDefinition: d.taskDefinitionArn,
    desiredCount: d.desiredCount,
    ...counts(tasksOfService(aws, s).filter((t) => t.startedBy === d.id)),
    failedTasks: d.failedTasks,
    launchType: s.launchType,
    rolloutState: d.rolloutState,
    rolloutStateReason: d.rolloutStateReason,
    createdAt: epoch(d.createdAt),
    updatedAt: epoch(d.updatedAt),
  })),
  events: s.events.map((e) => ({ id: e.id, createdAt: epoch(e.createdAt), message: e.message })),
  placementConstraints: s.placementConstraints,
  placementStrategy: [],
  createdAt: epoch(s.createdAt),
  enableECSManagedTags: false,
  enableExecuteCommand: s.enableExecuteCommand,
  propagateTags: "NONE",
  deploymentController: { type: "ECS" },
  tags: pairs(serviceKind.get(aws, s.arn)?.inputs.tags),
});

export function describeCluster(aws: Account, arn: string) {
  const { instances, tasks, services } = aws.runtime.ecs;
  const found = cluster.get(aws, arn);
  const own = Object.values(tasks).filter((t) => t.clusterArn === arn);
  return {
    clusterArn: arn,
    clusterName: found?.inputs.name,
    status: "ACTIVE",
    registeredContainerInstancesCount: Object.values(instances).filter(
      (i) => i.clusterArn === arn && i.status !== "INACTIVE",
    ).length,
    runningTasksCount: own.filter((t) => t.lastStatus === "RUNNING").length,
    pendingTasksCount: own.filter((t) => t.lastStatus === "PENDING").length,
    activeServicesCount: Object.values(services).filter((s) => s.clusterArn === arn && s.status === "ACTIVE")
      .length,
    statistics: [],
    settings: found?.outputs.settings,
    configuration: found?.inputs.configuration,
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    tags: pairs(found?.inputs.tags),
  };
}

export const describeTaskDefinition = (d: RegisteredTaskDefinition) => ({
  taskDefinitionArn: d.arn,
  family: d.family,
  revision: d.revision,
  status: d.status,
  networkMode: d.networkMode,
  requiresCompatibilities: d.requiresCompatibilities,
  compatibilities: ["EXTERNAL", "EC2"],
  containerDefinitions: d.containerDefinitions,
  volumes: d.volumes.map(({ name, hostPath }) => ({
    name,
    host: hostPath === undefined ? {} : { sourcePath: hostPath },
  })),
  placementConstraints: d.placementConstraints,
  taskRoleArn: d.taskRoleArn,
  executionRoleArn: d.executionRoleArn,
  cpu: d.cpu === undefined ? undefined : String(d.cpu),
  memory: d.memory === undefined ? undefined : String(d.memory),
  requiresAttributes: [],
  registeredAt: epoch(d.registeredAt),
});
