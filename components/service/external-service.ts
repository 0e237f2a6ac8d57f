import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { Service } from "@pulumi/aws/ecs/service.js";
import { TaskDefinition } from "@pulumi/aws/ecs/taskDefinition.js";
import type { Role } from "@pulumi/aws/iam/role.js";
import * as pulumi from "@pulumi/pulumi";
import { beforeCreate } from "../../hooks.ts";
import { keyArnProblems } from "../../limits/arn.ts";
import { throwIfAny } from "../../limits/problem.ts";
import { healthCommandProblems, memoryProblems } from "../../limits/service/container.ts";
import { pullThroughCacheProblems, registryCredentialsProblems } from "../../limits/service/ecr-image.ts";
import { type HostPort, networkProblems, portsOf } from "../../limits/service/host-ports.ts";
import {
  isOnePerNode,
  type Placement,
  type PlacementNode,
  roomProblems,
} from "../../limits/service/placement.ts";
import { secretArnProblems, variablesProblems } from "../../limits/service/secrets.ts";
import { defined, mapValues, sortedEntries } from "../../records.ts";
import type { ExecSessions } from "../shared/exec-sessions.ts";
import { arnLocation } from "../shared/location.ts";
import { logRetention, serviceLogGroup } from "../shared/logs.ts";
import { tags } from "../shared/tags.ts";
import { validated } from "../shared/validated.ts";
import { type ContainerArgs, containerDefinitions } from "./container-definition.ts";
import { deployedArn } from "./deployed.ts";
import { takenNameProblems } from "./free-name.ts";
import { placementConstraints } from "./placement-constraints.ts";
import { executionRole } from "./roles/execution-role.ts";
import { containersRole, type TaskPermissions } from "./roles/task-role.ts";
import { secretReference } from "./secrets.ts";

/** The values of its cluster that a service needs. A {@link Cluster} has them all. */
export interface ServiceCluster {
  readonly clusterName: pulumi.Input<string>;
  readonly clusterArn: pulumi.Input<string>;
  /** Encrypts the service's logs. */
  readonly keyArn: pulumi.Input<string>;
  readonly exec: ExecSessions;
  /** ECS attributes of the nodes that the service may use, besides its own placement. Default: any node of the cluster. */
  readonly nodeAttributes?: Readonly<Record<string, string>> | undefined;
}

/** Arguments of an {@link ExternalService}. There is no field for what launch type EXTERNAL cannot do. */
export interface ExternalServiceArgs extends ContainerArgs, TaskPermissions {
  readonly cluster: ServiceCluster;
  readonly desiredCount: pulumi.Input<number>;
  readonly placement: Placement;
  /** The future nodes. With them, a service that could never run is refused. */
  readonly nodes?: Readonly<Record<string, PlacementNode>> | undefined;
  /** ARNs of KMS keys of the caller's that encrypt its secrets and its registry's credentials. */
  readonly secretsKeyArns?: readonly pulumi.Input<string>[] | undefined;
  /** The image comes through a pull-through cache rule of ECR. Default: false. */
  readonly pullThroughCache?: boolean | undefined;
  /** Days that the containers' output is kept. */
  readonly logRetentionDays: pulumi.Input<number>;
  /**
   * Waits until all tasks run, so that a failed deployment also fails the `pulumi up`. Default: true; false if a node
   * is known to be away. The service must depend on its nodes: otherwise it may wait for nodes that are created after
   * it.
   */
  readonly waitForSteadyState?: pulumi.Input<boolean> | undefined;
}

/**
 * A service whose tasks run on the nodes of a cluster outside AWS (launch type EXTERNAL): one container, its logs in
 * CloudWatch, its own task and execution role, ECS Exec on, and an automatic rollback when a deployment fails.
 *
 * If two tasks cannot share a node (fixed host ports, `distinctInstance`, a writable folder of the node), a deployment
 * stops the old tasks first; otherwise it starts the new ones first.
 *
 * Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export class ExternalService extends pulumi.ComponentResource {
  /** In ECS: the component's name. */
  readonly serviceName: pulumi.Output<string>;
  /** Known once ECS runs the task definition: see {@link deployedArn}. */
  readonly serviceArn: pulumi.Output<string>;
  readonly taskDefinitionArn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;
  /** Role of the containers themselves: attach policies to it for their permissions. */
  readonly taskRoleName: pulumi.Output<string>;
  /** Role by which the ECS agent starts the containers. */
  readonly executionRoleName: pulumi.Output<string>;
  /** Ports of the node that each task takes. */
  readonly hostPorts: readonly HostPort[];
  readonly service: Service;
  readonly taskDefinition: TaskDefinition;
  readonly logGroup: LogGroup;
  readonly taskRole: Role;
  readonly executionRole: Role;

  /** @throws RunError when ECS would refuse the arguments, or no node could run the service */
  constructor(name: string, args: ExternalServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:service:ExternalService", name, {}, opts);
    throwIfAny([
      ...networkProblems(`${name}.network`, args.network),
      ...variablesProblems(name, args.environment, args.secrets),
    ]);
    this.hostPorts = portsOf(args.network);
    const constraints = placementConstraints(`${name}.placement`, {
      ...args.placement,
      attributes: { ...args.placement.attributes, ...args.cluster.nodeAttributes },
    });
    const desiredCount = validated(args.desiredCount, (desiredCount) =>
      throwIfAny(args.nodes ? roomProblems(name, args.nodes, { ...args, desiredCount }) : []),
    );
    const memoryMiB = validated(args.memoryMiB, (plain) =>
      throwIfAny(memoryProblems(`${name}.memoryMiB`, plain)),
    );
    const retentionInDays = logRetention(`${name}.logRetentionDays`, args.logRetentionDays);
    if (args.healthCheck)
      throwIfAny(healthCommandProblems(`${name}.healthCheck.command`, args.healthCheck.command));
    const location = arnLocation(args.cluster.clusterArn);
    const secrets = mapValues(args.secrets, (secret, variable) =>
      secretReference(`${name}.secrets.${variable}`, secret, location),
    );
    const { image, registryCredentials } = imageOf(name, args);
    const child = { parent: this };
    const logs = new LogGroup(
      `${name}-logs`,
      {
        name: serviceLogGroup(args.cluster.clusterName, name),
        kmsKeyId: args.cluster.keyArn,
        retentionInDays,
        tags: tags(`${name}-logs`),
      },
      child,
    );
    const execution = executionRole(
      `${name}-execution`,
      {
        image,
        secretArns: [
          ...sortedEntries(secrets).map(([, { arn }]) => arn),
          ...(registryCredentials === undefined ? [] : [registryCredentials]),
        ],
        secretsKeyArns: keysOf(`${name}.secretsKeyArns`, args),
        pullThroughCache: args.pullThroughCache ?? false,
        logGroupArn: logs.arn,
        location,
      },
      this,
    );
    const task = containersRole(
      name,
      { permissions: args, exec: { logGroupArn: logs.arn, ...defined(args.cluster.exec) }, location },
      this,
    );
    const definition = new TaskDefinition(
      `${name}-task`,
      {
        family: pulumi.interpolate`${args.cluster.clusterName}-${name}`,
        requiresCompatibilities: ["EXTERNAL"],
        networkMode: args.network.mode,
        executionRoleArn: execution.role.arn,
        taskRoleArn: task.role.arn,
        containerDefinitions: containerDefinitions(
          name,
          { ...args, image, registryCredentials, memoryMiB },
          secrets,
          {
            group: logs.name,
            region: location.region,
          },
        ),
        volumes: sortedEntries(args.volumes).map(([volume, { hostPath }]) => ({ name: volume, hostPath })),
        tags: tags(`${name}-task`),
      },
      child,
    );
    const alone =
      isOnePerNode(args.placement, args.network) ||
      Object.values(args.volumes).some((volume) => !volume.readOnly);
    const service = new Service(
      `${name}-service`,
      {
        name,
        cluster: args.cluster.clusterArn,
        taskDefinition: definition.arn,
        launchType: "EXTERNAL",
        schedulingStrategy: "REPLICA",
        desiredCount,
        placementConstraints: constraints,
        deploymentMinimumHealthyPercent: alone ? 0 : 100,
        deploymentMaximumPercent: alone ? 100 : 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        enableExecuteCommand: true,
        enableEcsManagedTags: true,
        propagateTags: "SERVICE",
        waitForSteadyState: args.waitForSteadyState ?? true,
        tags: tags(`${name}-service`),
      },
      {
        ...child,
        // A service's name is taken until the old service is gone.
        deleteBeforeReplace: true,
        dependsOn: [...execution.grants, ...task.grants],
        ...defined({
          hooks: beforeCreate(`${name}-service`, (inputs) => takenNameProblems(name, inputs, this)),
        }),
      },
    );
    this.service = service;
    this.taskDefinition = definition;
    this.logGroup = logs;
    this.taskRole = task.role;
    this.executionRole = execution.role;
    this.serviceName = service.name;
    this.serviceArn = deployedArn(`${name}.taskDefinition`, service, definition.arn, this);
    this.taskDefinitionArn = definition.arn;
    this.logGroupName = logs.name;
    this.taskRoleName = task.role.name;
    this.executionRoleName = execution.role.name;
    this.registerOutputs({
      serviceName: this.serviceName,
      serviceArn: service.arn,
      taskDefinitionArn: this.taskDefinitionArn,
      logGroupName: this.logGroupName,
      taskRoleName: this.taskRoleName,
      executionRoleName: this.executionRoleName,
      hostPorts: this.hostPorts,
    });
  }
}

type ImageArgs = Pick<ExternalServiceArgs, "image" | "registryCredentials" | "pullThroughCache">;

/** Returns the image and its registry's credentials, once they are known to fit each other. */
function imageOf(name: string, { image, registryCredentials, pullThroughCache }: ImageArgs): ImageArgs {
  const field = `${name}.registryCredentials`;
  return {
    image: validated(image, (plain) =>
      throwIfAny([
        ...(registryCredentials === undefined ? [] : registryCredentialsProblems(field, plain)),
        ...(pullThroughCache ? pullThroughCacheProblems(`${name}.pullThroughCache`, plain) : []),
      ]),
    ),
    registryCredentials:
      registryCredentials &&
      validated(registryCredentials, (plain) => throwIfAny(secretArnProblems(field, plain))),
  };
}

function keysOf(field: string, { secretsKeyArns = [] }: Pick<ExternalServiceArgs, "secretsKeyArns">) {
  return secretsKeyArns.map((arn, i) =>
    validated(arn, (plain) => throwIfAny(keyArnProblems(`${field}.${i}`, plain))),
  );
}
