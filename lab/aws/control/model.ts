/** The state of the ECS control plane. Names as in the ECS API; plain JSON. */
import { z } from "zod";

const portMapping = z.object({
  containerPort: z.int().min(1).max(65535),
  hostPort: z.int().min(0).max(65535).optional(),
  protocol: z.enum(["tcp", "udp"]).default("tcp"),
  name: z.string().optional(),
});

const nameValue = z.object({ name: z.string(), value: z.string() });

/**
 * A container definition as in the JSON of `containerDefinitions`. ECS does not ignore unknown fields silently; neither
 * do we.
 */
export const containerDefinition = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/),
  image: z.string().min(1),
  cpu: z.int().min(0).default(0),
  memory: z.int().optional(),
  memoryReservation: z.int().optional(),
  essential: z.boolean().default(true),
  command: z.array(z.string()).optional(),
  entryPoint: z.array(z.string()).optional(),
  environment: z.array(nameValue).default([]),
  secrets: z.array(z.object({ name: z.string(), valueFrom: z.string() })).default([]),
  portMappings: z.array(portMapping).default([]),
  mountPoints: z
    .array(
      z.object({ sourceVolume: z.string(), containerPath: z.string(), readOnly: z.boolean().default(false) }),
    )
    .default([]),
  volumesFrom: z.array(z.unknown()).optional(),
  logConfiguration: z
    .object({ logDriver: z.string(), options: z.record(z.string(), z.string()).default({}) })
    .optional(),
  healthCheck: z
    .object({
      command: z.array(z.string()).min(1),
      interval: z.int().min(5).max(300).default(30),
      timeout: z.int().min(2).max(60).default(5),
      retries: z.int().min(1).max(10).default(3),
      startPeriod: z.int().min(0).max(300).optional(),
    })
    .optional(),
  linuxParameters: z.record(z.string(), z.unknown()).optional(),
  user: z.string().optional(),
  workingDirectory: z.string().optional(),
  readonlyRootFilesystem: z.boolean().optional(),
  privileged: z.boolean().optional(),
  stopTimeout: z.int().min(0).max(120).optional(),
  startTimeout: z.int().min(2).optional(),
  dependsOn: z.array(z.object({ containerName: z.string(), condition: z.string() })).optional(),
  ulimits: z.array(z.unknown()).optional(),
  systemControls: z.array(z.unknown()).optional(),
  dockerLabels: z.record(z.string(), z.string()).optional(),
  hostname: z.string().optional(),
  extraHosts: z.array(z.unknown()).optional(),
  interactive: z.boolean().optional(),
  pseudoTerminal: z.boolean().optional(),
  restartPolicy: z.record(z.string(), z.unknown()).optional(),
  repositoryCredentials: z.record(z.string(), z.unknown()).optional(),
});
export type ContainerDefinition = z.output<typeof containerDefinition>;

export interface PlacementConstraint {
  type: "memberOf" | "distinctInstance";
  expression?: string | undefined;
}

export interface RegisteredTaskDefinition {
  arn: string;
  family: string;
  revision: number;
  status: "ACTIVE" | "INACTIVE";
  networkMode: "bridge" | "host" | "none" | "awsvpc";
  requiresCompatibilities: string[];
  containerDefinitions: ContainerDefinition[];
  volumes: { name: string; hostPath?: string | undefined }[];
  placementConstraints: PlacementConstraint[];
  taskRoleArn?: string | undefined;
  executionRoleArn?: string | undefined;
  /** CPU units and MiB of the whole task, where given. */
  cpu?: number | undefined;
  memory?: number | undefined;
  registeredAt: string;
}

export interface ContainerInstance {
  arn: string;
  clusterArn: string;
  /** Systems Manager's id of the machine (`mi-…`). */
  ec2InstanceId: string;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  agentConnected: boolean;
  lastPoll: string;
  registeredAt: string;
  attributes: Record<string, string>;
  /** CPU units and MiB that the agent registered. */
  cpu: number;
  memory: number;
  reservedPorts: number[];
  reservedPortsUdp: number[];
  versionInfo: Record<string, string>;
  tags: Record<string, string>;
}

/** A task outside AWS has no other states: nothing is provisioned or deregistered around it. */
export type TaskStatus = "PENDING" | "RUNNING" | "STOPPED";

export interface TaskContainer {
  name: string;
  lastStatus: string;
  exitCode?: number | undefined;
  reason?: string | undefined;
  runtimeId?: string | undefined;
  imageDigest?: string | undefined;
  hasHealthCheck: boolean;
  healthStatus: "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
  networkBindings: { bindIP: string; containerPort: number; hostPort: number; protocol: string }[];
}

export interface Task {
  arn: string;
  clusterArn: string;
  containerInstanceArn: string;
  taskDefinitionArn: string;
  /** `service:NAME`. */
  group: string;
  serviceArn?: string | undefined;
  /** Id of the deployment that started the task (`ecs-svc/…`). */
  startedBy: string;
  lastStatus: TaskStatus;
  desiredStatus: "RUNNING" | "STOPPED";
  containers: TaskContainer[];
  createdAt: string;
  startedAt?: string | undefined;
  stoppingAt?: string | undefined;
  stoppedAt?: string | undefined;
  stopCode?: string | undefined;
  stoppedReason?: string | undefined;
}

export interface Deployment {
  id: string;
  status: "PRIMARY" | "ACTIVE";
  rolloutState: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  rolloutStateReason: string;
  taskDefinitionArn: string;
  desiredCount: number;
  /** Tasks that ended before they were healthy; the circuit breaker counts these. */
  failedTasks: number;
  createdAt: string;
  updatedAt: string;
}

export interface ServiceEvent {
  id: string;
  createdAt: string;
  message: string;
}

export interface EcsService {
  arn: string;
  name: string;
  clusterArn: string;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  launchType: string;
  schedulingStrategy: "REPLICA" | "DAEMON";
  desiredCount: number;
  placementConstraints: PlacementConstraint[];
  minimumHealthyPercent: number;
  maximumPercent: number;
  circuitBreaker: { enable: boolean; rollback: boolean };
  enableExecuteCommand: boolean;
  deployments: Deployment[];
  /** Task definition of the last completed deployment, to which a rollback returns. */
  lastCompleted?: string | undefined;
  events: ServiceEvent[];
  /** Throttle after failed starts: no new task starts before this time. */
  retryAfter?: string | undefined;
  createdAt: string;
}
