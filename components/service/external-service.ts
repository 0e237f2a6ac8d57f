import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { Service } from "@pulumi/aws/ecs/service.js";
import { TaskDefinition } from "@pulumi/aws/ecs/taskDefinition.js";
import * as pulumi from "@pulumi/pulumi";
import { throwIfAny } from "../../limits/problem.ts";
import { healthCommandProblems, memoryProblems, parameterProblems } from "../../limits/service/container.ts";
import { type HostPort, networkProblems, portsOf } from "../../limits/service/host-ports.ts";
import { type Placement, type PlacementNode, roomProblems } from "../../limits/service/placement.ts";
import { logGroupPrefix } from "../cluster/cluster.ts";
import { arnLocation } from "../shared/location.ts";
import { logRetention } from "../shared/logs.ts";
import { tags } from "../shared/tags.ts";
import { validated } from "../shared/validated.ts";
import type { ContainerArgs } from "./container-args.ts";
import { containerDefinitions, sorted } from "./container-definition.ts";
import { placementConstraints } from "./placement-constraints.ts";
import { execTaskRole, executionRole } from "./service-roles.ts";

/** What a service must know of its cluster; a {@link Cluster} has it all. */
export interface ServiceCluster {
  readonly clusterName: pulumi.Input<string>;
  readonly clusterArn: pulumi.Input<string>;
  /** Encrypts ECS Exec sessions and the service's logs. */
  readonly keyArn: pulumi.Input<string>;
  readonly execLogGroupArn: pulumi.Input<string>;
}

/** Arguments of an {@link ExternalService}. What launch type EXTERNAL cannot do has no field here. */
export interface ExternalServiceArgs extends ContainerArgs {
  readonly cluster: ServiceCluster;
  readonly desiredCount: pulumi.Input<number>;
  readonly placement: Placement;
  /** The nodes there will be. Given: a service that could never run is refused. */
  readonly nodes?: Readonly<Record<string, PlacementNode>> | undefined;
  /** Days that the containers' output is kept. */
  readonly logRetentionDays: pulumi.Input<number>;
  /**
   * Wait until all tasks run, so that a deployment that fails also fails the `pulumi up`. Default true; say false where
   * a node is known to be away. Let the service depend on its nodes: it would wait in vain for nodes that wait for it.
   */
  readonly waitForSteadyState?: pulumi.Input<boolean> | undefined;
}

/**
 * A service whose tasks run on the nodes of a cluster outside AWS (launch type EXTERNAL): one container, its logs in
 * CloudWatch, its own task and execution role, ECS Exec on, and a rollback by itself when a deployment fails.
 *
 * Where two tasks cannot be side by side on a node (fixed host ports, `distinctInstance`, a folder that it writes) a
 * deployment stops the old tasks first; else it starts the new ones first.
 *
 * Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export class ExternalService extends pulumi.ComponentResource {
  /** In ECS: the component's name. */
  readonly serviceName: pulumi.Output<string>;
  readonly serviceArn: pulumi.Output<string>;
  readonly taskDefinitionArn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;
  /** Role of the containers themselves: attach to it what they may do. */
  readonly taskRoleName: pulumi.Output<string>;
  /** Ports of the node that each task takes. */
  readonly hostPorts: readonly HostPort[];

  /** @throws RunError when ECS would refuse the arguments, or no node could run the service */
  constructor(name: string, args: ExternalServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:service:ExternalService", name, {}, opts);
    throwIfAny(networkProblems(`${name}.network`, args.network));
    this.hostPorts = portsOf(args.network);
    const constraints = placementConstraints(`${name}.placement`, args.placement);
    const oneANode = this.hostPorts.length > 0 || args.placement.distinctInstance;
    const desiredCount = validated(args.desiredCount, (count) =>
      throwIfAny(args.nodes ? roomProblems(name, args.nodes, { ...args, count, oneANode }) : []),
    );
    const memoryMiB = validated(args.memoryMiB, (plain) =>
      throwIfAny(memoryProblems(`${name}.memoryMiB`, plain)),
    );
    const retentionInDays = logRetention(`${name}.logRetentionDays`, args.logRetentionDays);
    if (args.healthCheck)
      throwIfAny(healthCommandProblems(`${name}.healthCheck.command`, args.healthCheck.command));
    const location = arnLocation(args.cluster.clusterArn);
    const secretArns = Object.fromEntries(
      sorted(args.secrets).map(([variable, parameter]) => [
        variable,
        parameterArn(`${name}.secrets.${variable}`, parameter, location),
      ]),
    );
    const child = { parent: this };
    const logs = new LogGroup(
      `${name}-logs`,
      {
        name: pulumi.output(args.cluster.clusterName).apply((c) => `${logGroupPrefix(c)}services/${name}`),
        kmsKeyId: args.cluster.keyArn,
        retentionInDays,
        tags: tags(`${name}-logs`),
      },
      child,
    );
    const execution = executionRole(
      `${name}-execution`,
      { image: args.image, secretArns: Object.values(secretArns), logGroupArn: logs.arn, location },
      this,
    );
    const task = execTaskRole(`${name}-task`, args.cluster, location, this);
    const definition = new TaskDefinition(
      `${name}-task`,
      {
        family: pulumi.interpolate`${args.cluster.clusterName}-${name}`,
        requiresCompatibilities: ["EXTERNAL"],
        networkMode: args.network.mode,
        executionRoleArn: execution.role.arn,
        taskRoleArn: task.role.arn,
        containerDefinitions: containerDefinitions(name, { ...args, memoryMiB }, secretArns, {
          group: logs.name,
          region: location.region,
        }),
        volumes: sorted(args.volumes).map(([volume, { hostPath }]) => ({ name: volume, hostPath })),
        tags: tags(`${name}-task`),
      },
      child,
    );
    const alone = oneANode || Object.values(args.volumes).some((volume) => !volume.readOnly);
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
      // A service's name is taken until the old one is gone.
      { ...child, deleteBeforeReplace: true, dependsOn: [execution.policy, task.policy] },
    );
    this.serviceName = service.name;
    this.serviceArn = service.arn;
    this.taskDefinitionArn = definition.arn;
    this.logGroupName = logs.name;
    this.taskRoleName = task.role.name;
    this.registerOutputs({
      serviceName: this.serviceName,
      serviceArn: this.serviceArn,
      taskDefinitionArn: this.taskDefinitionArn,
      logGroupName: this.logGroupName,
      taskRoleName: this.taskRoleName,
      hostPorts: this.hostPorts,
    });
  }
}

function parameterArn(
  field: string,
  parameter: pulumi.Input<string>,
  { partition, region, accountId }: ReturnType<typeof arnLocation>,
): pulumi.Output<string> {
  const path = validated(parameter, (plain) => throwIfAny(parameterProblems(field, plain)));
  return pulumi.interpolate`arn:${partition}:ssm:${region}:${accountId}:parameter${path}`;
}
