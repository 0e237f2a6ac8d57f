/**
 * ECS: task definitions. API reference: RegisterTaskDefinition; ECS Anywhere guide: limits of EXTERNAL. Sentences with
 * "External compatible" follow AWS's pattern for Fargate; their codes are AWS's.
 */
import { z } from "zod";
import type { Account } from "../../account.ts";
import { checkExpression } from "../../control/expression.ts";
import type { RegisteredTaskDefinition } from "../../control/model.ts";
import { documented, reported } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { lowerCase, retagged } from "../../requests/tags.ts";
import { parsedJson } from "../../values.ts";
import { role } from "../identity/role.ts";
import { checkContainer, checkPorts, clientException, containersOf } from "./containers.ts";

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

function checkExternal(given: Inputs): void {
  if (given.networkMode === "awsvpc")
    throw clientException(
      "External compatible task definitions do not support networkMode 'awsvpc'.",
      documented("Amazon ECS developer guide, Amazon ECS clusters for external instances: Considerations"),
    );
  const foreign = given.volumes?.find(
    (v) => v.efsVolumeConfiguration ?? v.fsxWindowsFileServerVolumeConfiguration,
  );
  if (foreign)
    throw clientException(
      `External compatible task definitions do not support the volume '${foreign.name}'.`,
      documented("Amazon ECS developer guide, Amazon ECS clusters for external instances: Considerations"),
    );
  if (given.volumes?.some((v) => v.configureAtLaunch))
    throw clientException(
      "External compatible task definitions do not support volumes that are configured at launch.",
      documented("Amazon ECS developer guide, Amazon ECS clusters for external instances: Considerations"),
    );
  if (given.proxyConfiguration !== undefined)
    throw clientException(
      "External compatible task definitions do not support proxyConfiguration.",
      documented("Amazon ECS developer guide, Amazon ECS clusters for external instances: Considerations"),
    );
  if (given.ephemeralStorage !== undefined)
    throw clientException(
      "External compatible task definitions do not support ephemeralStorage.",
      documented("Amazon ECS developer guide, Amazon ECS clusters for external instances: Considerations"),
    );
  if (given.enableFaultInjection)
    throw clientException(
      "External compatible task definitions do not support fault injection.",
      documented("Amazon ECS developer guide, Amazon ECS clusters for external instances: Considerations"),
    );
}

function checkRoles(aws: Account, arns: readonly (string | undefined)[]): void {
  const known = role.all(aws).map((r) => r.outputs.arn);
  if (arns.some((arn) => arn !== undefined && !known.includes(arn)))
    throw clientException("Role is not valid", reported("bradford-hamilton/terraform-ecs-fargate#8"));
}

const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

export const taskDefinition = kind({
  type: "aws:ecs/taskDefinition:TaskDefinition",
  api: ["ECS", "TaskDefinition"],
  operations: { create: "RegisterTaskDefinition", delete: "DeregisterTaskDefinition" },
  // Pulumi's id is the family, which a new revision shares with the old one.
  key: "arn",
  json: ["containerDefinitions"],
  sets: ["requiresCompatibilities", "placementConstraints", "volumes"],
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
  requests: {
    create: {
      RegisterTaskDefinition: (given) => ({
        family: given.family,
        // The provider decodes the text by the API's own names.
        containerDefinitions: parsedJson(given.containerDefinitions),
        networkMode: given.networkMode,
        requiresCompatibilities: given.requiresCompatibilities,
        cpu: given.cpu,
        memory: given.memory,
        taskRoleArn: given.taskRoleArn,
        executionRoleArn: given.executionRoleArn,
        placementConstraints: given.placementConstraints,
        volumes: given.volumes?.map(({ name, hostPath, configureAtLaunch }) => ({
          name,
          host: hostPath === undefined ? undefined : { sourcePath: hostPath },
          configuredAtLaunch: configureAtLaunch,
        })),
        runtimePlatform: given.runtimePlatform,
        ipcMode: given.ipcMode,
        pidMode: given.pidMode,
        enableFaultInjection: given.enableFaultInjection,
        tags: lowerCase(given.tags),
      }),
    },
    read: {
      DescribeTaskDefinition: (_, { outputs }) => ({ taskDefinition: outputs.arn, include: ["TAGS"] }),
    },
    update: { ...retagged.ecs },
    delete: {
      DeregisterTaskDefinition: ({ skipDestroy }, { outputs }) =>
        skipDestroy ? undefined : { taskDefinition: outputs.arn },
    },
  },
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
      throw clientException(
        "Task definition does not have any essential containers.",
        documented("Amazon ECS API, ContainerDefinition: essential"),
      );
    if (new Set(containers.map((c) => c.name)).size < containers.length)
      throw clientException(
        "Container names must be unique within a Task Definition.",
        reported("Shippable/support#2946"),
      );
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

/** Finds a task definition by its ARN, by `family:revision`, or by its family: the newest active one. */
export function findTaskDefinition(aws: Account, ref: string | undefined): RegisteredTaskDefinition {
  const all = Object.values(aws.runtime.ecs.definitions);
  const name = ref?.split("task-definition/").at(-1);
  const found =
    all.find((d) => `${d.family}:${d.revision}` === name) ??
    all.filter((d) => d.family === name && d.status === "ACTIVE").sort((a, b) => b.revision - a.revision)[0];
  if (!found)
    throw clientException(
      "TaskDefinition not found.",
      documented("Amazon ECS API, DescribeTaskDefinition, errors: ClientException"),
    );
  return found;
}
