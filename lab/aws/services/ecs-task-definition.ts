/**
 * ECS: task definitions. API reference: RegisterTaskDefinition; ECS Anywhere guide: what EXTERNAL cannot do.
 * Sentences with "External compatible" follow the pattern of AWS's for Fargate; their codes are AWS's.
 */
import { z } from "zod";
import type { Aws } from "../aws.ts";
import { checkExpression } from "../control/expression.ts";
import {
  type ContainerDefinition,
  containerDefinition,
  type RegisteredTaskDefinition,
} from "../control/model.ts";
import { AwsError } from "../errors.ts";
import { kind, oneOf, region, tags } from "../kind.ts";
import { parsedJson } from "../values.ts";
import { role } from "./iam.ts";

const refuse = (told: string) => new AwsError("ClientException", told);

const inputs = z.strictObject({
  family: z
    .string()
    .regex(
      /^[A-Za-z0-9_-]{1,255}$/,
      "see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html",
    ),
  containerDefinitions: z.string(),
  networkMode: oneOf(["bridge", "host", "none", "awsvpc"]).optional(),
  requiresCompatibilities: z.array(oneOf(["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"])).optional(),
  cpu: z.string().optional(),
  memory: z.string().optional(),
  taskRoleArn: z.string().optional(),
  executionRoleArn: z.string().optional(),
  placementConstraints: z
    .array(z.strictObject({ type: oneOf(["memberOf"]), expression: z.string().optional() }))
    .max(10)
    .optional(),
  volumes: z
    .array(
      z.strictObject({
        name: z.string(),
        hostPath: z.string().optional(),
        dockerVolumeConfiguration: z.unknown().optional(),
        efsVolumeConfiguration: z.unknown().optional(),
        fsxWindowsFileServerVolumeConfiguration: z.unknown().optional(),
        configureAtLaunch: z.boolean().optional(),
      }),
    )
    .optional(),
  runtimePlatform: z
    .strictObject({ cpuArchitecture: z.string().optional(), operatingSystemFamily: z.string().optional() })
    .optional(),
  ipcMode: z.string().optional(),
  pidMode: z.string().optional(),
  proxyConfiguration: z.unknown().optional(),
  ephemeralStorage: z.unknown().optional(),
  skipDestroy: z.boolean().default(false),
  trackLatest: z.boolean().default(false),
  enableFaultInjection: z.boolean().optional(),
  tags,
  region,
});
type Inputs = z.output<typeof inputs>;

const containersOf = (json: string): ContainerDefinition[] => {
  const list = z.array(z.unknown()).safeParse(parsedJson(json));
  if (!list.success) throw refuse("ECS Task Definition container_definitions is invalid: not a JSON array");
  if (list.data.length === 0) throw refuse("Container list cannot be empty.");
  return list.data.map((one) => {
    const parsed = containerDefinition.safeParse(one);
    if (!parsed.success)
      throw refuse(`Invalid request provided: containerDefinitions: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  });
};

const checkContainer = (container: ContainerDefinition, given: Inputs): void => {
  const { name, memory, memoryReservation, portMappings, secrets, mountPoints, logConfiguration } = container;
  if (given.memory === undefined && memory === undefined && memoryReservation === undefined)
    throw refuse(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  if (memory !== undefined && memory < 4)
    throw refuse(`Invalid setting for container '${name}'. 'memory' must be at least 4 MiB.`);
  if (memory !== undefined && memoryReservation !== undefined && memory < memoryReservation)
    throw refuse(
      `Invalid setting for container '${name}'. The 'memory' must be greater than 'memoryReservation'.`,
    );
  if (
    given.networkMode === "host" &&
    portMappings.some((p) => p.hostPort !== undefined && p.hostPort !== p.containerPort)
  )
    throw refuse("When networkMode=host, the host ports and container ports in port mappings must match.");
  if (given.networkMode === "none" && portMappings.length > 0)
    throw refuse(`When networkMode=none, port mappings for container '${name}' must be empty.`);
  if (secrets.length > 0 && given.executionRoleArn === undefined)
    throw refuse(
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    );
  const volumes = new Set(given.volumes?.map((v) => v.name));
  const homeless = mountPoints.find((m) => !volumes.has(m.sourceVolume));
  if (homeless) throw refuse(`Unknown volume '${homeless.sourceVolume}'.`);
  const missing = ["awslogs-group", "awslogs-region"].filter(
    (o) => logConfiguration?.options[o] === undefined,
  );
  if (logConfiguration?.logDriver === "awslogs" && missing.length > 0)
    throw refuse(`Log driver awslogs requires options: ${missing.join(", ")}`);
};

const checkExternal = (given: Inputs): void => {
  if (given.networkMode === "awsvpc")
    throw refuse("External compatible task definitions do not support networkMode 'awsvpc'.");
  const foreign = given.volumes?.find(
    (v) => v.efsVolumeConfiguration ?? v.fsxWindowsFileServerVolumeConfiguration,
  );
  if (foreign)
    throw refuse(`External compatible task definitions do not support the volume '${foreign.name}'.`);
  if (given.volumes?.some((v) => v.configureAtLaunch))
    throw refuse(
      "External compatible task definitions do not support volumes that are configured at launch.",
    );
  if (given.proxyConfiguration !== undefined)
    throw refuse("External compatible task definitions do not support proxyConfiguration.");
  if (given.ephemeralStorage !== undefined)
    throw refuse("External compatible task definitions do not support ephemeralStorage.");
  if (given.enableFaultInjection)
    throw refuse("External compatible task definitions do not support fault injection.");
};

const checkRoles = (aws: Aws, arns: readonly (string | undefined)[]): void => {
  const known = role.all(aws).map((r) => r.outputs.arn);
  if (arns.some((arn) => arn !== undefined && !known.includes(arn))) throw refuse("Role is not valid");
};

const checkPorts = (containers: readonly ContainerDefinition[]): void => {
  const seen = new Set<string>();
  for (const { name, portMappings } of containers)
    for (const { hostPort = 0, protocol } of portMappings) {
      const own = `${hostPort}/${protocol}`;
      if (hostPort !== 0 && seen.has(own))
        throw refuse(
          `Invalid setting for container '${name}'. The host port ${own} is used more than once in the task definition.`,
        );
      seen.add(own);
    }
};

const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

export const taskDefinition = kind({
  type: "aws:ecs/taskDefinition:TaskDefinition",
  api: ["ECS", "TaskDefinition"],
  operations: { create: "RegisterTaskDefinition", delete: "DeregisterTaskDefinition" },
  // Pulumi's id is the family, which a new revision shares with the old one.
  key: "arn",
  json: ["containerDefinitions"],
  inputs,
  replaces: [
    "family",
    "containerDefinitions",
    "networkMode",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "taskRoleArn",
    "executionRoleArn",
    "placementConstraints",
    "volumes",
    "runtimePlatform",
    "ipcMode",
    "pidMode",
    "proxyConfiguration",
    "ephemeralStorage",
    "enableFaultInjection",
    "region",
  ],
  create: (aws, given) => {
    const {
      family,
      requiresCompatibilities = [],
      networkMode = "bridge",
      taskRoleArn,
      executionRoleArn,
    } = given;
    if (requiresCompatibilities.includes("EXTERNAL")) checkExternal(given);
    const containers = containersOf(given.containerDefinitions);
    for (const container of containers) checkContainer(container, given);
    if (!containers.some((c) => c.essential))
      throw refuse("Task definition does not have any essential containers.");
    if (new Set(containers.map((c) => c.name)).size < containers.length)
      throw refuse("Container names must be unique within a task definition.");
    checkPorts(containers);
    checkRoles(aws, [taskRoleArn, executionRoleArn]);
    for (const { expression } of given.placementConstraints ?? []) checkExpression(expression);
    const revision = (aws.runtime.ecs.revisions[family] ?? 0) + 1;
    aws.runtime.ecs.revisions[family] = revision;
    const arnWithoutRevision = aws.arn("ecs", `task-definition/${family}`);
    const arn = `${arnWithoutRevision}:${revision}`;
    const registered: RegisteredTaskDefinition = {
      arn,
      family,
      revision,
      status: "ACTIVE",
      networkMode,
      requiresCompatibilities,
      containerDefinitions: containers,
      volumes: (given.volumes ?? []).map(({ name, hostPath }) => ({ name, hostPath })),
      placementConstraints: given.placementConstraints ?? [],
      taskRoleArn,
      executionRoleArn,
      cpu: number(given.cpu),
      memory: number(given.memory),
      registeredAt: aws.now().toISOString(),
    };
    aws.runtime.ecs.definitions[arn] = registered;
    return { id: family, key: arn, outputs: { arn, arnWithoutRevision, revision, networkMode } };
  },
  delete: (aws, { key, inputs: { skipDestroy } }) => {
    const registered = aws.runtime.ecs.definitions[key];
    if (registered && !skipDestroy) registered.status = "INACTIVE";
  },
});

/** By ARN, by `family:revision`, or by family: then the newest that is active. */
export const findTaskDefinition = (aws: Aws, ref: string | undefined): RegisteredTaskDefinition => {
  const all = Object.values(aws.runtime.ecs.definitions);
  const name = ref?.split("task-definition/").at(-1);
  const found =
    all.find((d) => `${d.family}:${d.revision}` === name) ??
    all.filter((d) => d.family === name && d.status === "ACTIVE").sort((a, b) => b.revision - a.revision)[0];
  if (!found) throw refuse("TaskDefinition not found.");
  return found;
};
