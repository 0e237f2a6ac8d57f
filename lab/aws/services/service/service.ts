/** ECS: services. API reference: CreateService, UpdateService, DeleteService. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Account } from "../../account.ts";
import { checkExpression } from "../../control/expression.ts";
import type { EcsService } from "../../control/model.ts";
import { deploy, drain, primaryOf } from "../../control/service.ts";
import { AwsError, documented, guessed, type Provenance, reported } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import type { Calls } from "../../requests/request.ts";
import { lowerCase, retagged } from "../../requests/tags.ts";
import { findCluster } from "../cluster/cluster.ts";
import { findTaskDefinition } from "./task-definition.ts";

const invalidParameter = (sentence: string, provenance: Provenance) =>
  new AwsError("InvalidParameterException", sentence, provenance);

const inputs = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/),
  cluster: z.string().optional(),
  taskDefinition: z.string().optional(),
  desiredCount: z.int().min(0).default(0),
  launchType: oneOf(["EC2", "FARGATE", "EXTERNAL"]).optional(),
  schedulingStrategy: oneOf(["REPLICA", "DAEMON"]).default("REPLICA"),
  deploymentMinimumHealthyPercent: z.int().min(0).default(100),
  deploymentMaximumPercent: z.int().min(0).default(200),
  deploymentCircuitBreaker: z.strictObject({ enable: z.boolean(), rollback: z.boolean() }).optional(),
  deploymentController: z
    .strictObject({ type: oneOf(["ECS", "CODE_DEPLOY", "EXTERNAL"]).default("ECS") })
    .optional(),
  deploymentConfiguration: z.unknown().optional(),
  placementConstraints: z
    .array(
      z.strictObject({ type: oneOf(["memberOf", "distinctInstance"]), expression: z.string().optional() }),
    )
    .max(10)
    .optional(),
  orderedPlacementStrategies: z
    .array(z.strictObject({ type: oneOf(["spread", "binpack", "random"]), field: z.string().optional() }))
    .max(5)
    .optional(),
  enableEcsManagedTags: z.boolean().default(false),
  enableExecuteCommand: z.boolean().default(false),
  propagateTags: oneOf(["SERVICE", "TASK_DEFINITION", "NONE"]).optional(),
  availabilityZoneRebalancing: oneOf(["ENABLED", "DISABLED"]).optional(),
  waitForSteadyState: z.boolean().default(false),
  forceNewDeployment: z.boolean().optional(),
  forceDelete: z.boolean().optional(),
  triggers: z.record(z.string(), z.string()).optional(),
  healthCheckGracePeriodSeconds: z.int().optional(),
  capacityProviderStrategies: z.array(z.unknown()).optional(),
  loadBalancers: z.array(z.unknown()).optional(),
  networkConfiguration: z.unknown().optional(),
  serviceRegistries: z.unknown().optional(),
  serviceConnectConfiguration: z.unknown().optional(),
  volumeConfiguration: z.unknown().optional(),
  vpcLatticeConfigurations: z.array(z.unknown()).optional(),
  tags,
  region,
});
type Inputs = z.output<typeof inputs>;

/** Features that launch type EXTERNAL does not support (ECS guide: ecs-anywhere, "Considerations"). */
const notExternal = [
  ["loadBalancers", "Load balancers"],
  ["capacityProviderStrategies", "Capacity providers"],
  ["networkConfiguration", "Network configuration"],
  ["serviceRegistries", "Service registries"],
  ["serviceConnectConfiguration", "Service Connect"],
  ["volumeConfiguration", "Volume configurations"],
  ["vpcLatticeConfigurations", "VPC Lattice configurations"],
] as const;

function check(aws: Account, given: Inputs): void {
  const { launchType, deploymentMinimumHealthyPercent: min, deploymentMaximumPercent: max } = given;
  if (launchType === "EXTERNAL") {
    const bad = notExternal.find(([key]) => {
      const value = given[key];
      return Array.isArray(value) ? value.length > 0 : value !== undefined;
    });
    if (bad)
      throw invalidParameter(
        `${bad[1]} are not supported for launch type EXTERNAL.`,
        documented("Amazon ECS developer guide, Amazon ECS clusters for external instances: Considerations"),
      );
  }
  const definition = findTaskDefinition(aws, given.taskDefinition);
  if (definition.status !== "ACTIVE")
    throw new AwsError("ClientException", "TaskDefinition is inactive", reported("aws/aws-cdk#33195"));
  const { requiresCompatibilities } = definition;
  if (launchType !== undefined && !requiresCompatibilities.includes(launchType) && launchType !== "EC2")
    throw invalidParameter(
      `Task definition does not support launch_type ${launchType}.`,
      reported("sil-org/ecs-deploy#134, for FARGATE"),
    );
  if (min > 100 || max < 100 || max > 200)
    throw invalidParameter(
      "Invalid deployment configuration: minimumHealthyPercent is 0 to 100, maximumPercent 100 to 200.",
      documented("Amazon ECS API, DeploymentConfiguration: minimumHealthyPercent, maximumPercent"),
    );
  if (min === 100 && max === 100)
    throw invalidParameter(
      "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
      guessed,
    );
  if (given.availabilityZoneRebalancing === "ENABLED" && max <= 100)
    throw invalidParameter(
      "The maximumPercent must be greater than 100 when availabilityZoneRebalancing is ENABLED.",
      documented("Amazon ECS API, CreateService: availabilityZoneRebalancing"),
    );
  for (const { type, expression } of given.placementConstraints ?? []) {
    if (type === "memberOf") checkExpression(expression);
    else if (expression !== undefined)
      throw invalidParameter(
        "The distinctInstance constraint does not take an expression.",
        documented("Amazon ECS API, PlacementConstraint: expression"),
      );
  }
}

const settings = (given: Inputs) => ({
  desiredCount: given.desiredCount,
  placementConstraints: given.placementConstraints ?? [],
  minimumHealthyPercent: given.deploymentMinimumHealthyPercent,
  maximumPercent: given.deploymentMaximumPercent,
  circuitBreaker: given.deploymentCircuitBreaker ?? { enable: false, rollback: false },
  enableExecuteCommand: given.enableExecuteCommand,
});

/** What both operations take, under the same names. */
const updated = (given: Inputs) => ({
  deploymentConfiguration: {
    maximumPercent: given.schedulingStrategy === "DAEMON" ? undefined : given.deploymentMaximumPercent,
    minimumHealthyPercent: given.deploymentMinimumHealthyPercent,
    deploymentCircuitBreaker: given.deploymentCircuitBreaker,
  },
  placementConstraints: given.placementConstraints,
  placementStrategy: given.orderedPlacementStrategies,
  enableECSManagedTags: given.enableEcsManagedTags,
  enableExecuteCommand: given.enableExecuteCommand,
  propagateTags: given.propagateTags,
  healthCheckGracePeriodSeconds: given.healthCheckGracePeriodSeconds,
});

/** How the provider waits for a steady state: it follows the deployment that the service has begun. */
const waited: Calls<Inputs> = {
  ListServiceDeployments: ({ cluster, waitForSteadyState }, { id }) =>
    waitForSteadyState ? { cluster, service: id } : undefined,
  DescribeServiceDeployments: ({ waitForSteadyState }, { id }) =>
    waitForSteadyState
      ? { serviceDeploymentArns: [`${id.replace(":service/", ":service-deployment/")}/0123456789abcdef`] }
      : undefined,
};

export const service = kind({
  type: "aws:ecs/service:Service",
  api: ["ECS", "Service"],
  operations: { update: "UpdateService" },
  autoName: { property: "name", maxLength: 255 },
  inputs,
  replaces: ["name", "cluster", "launchType", "schedulingStrategy", "deploymentController", "region"],
  sets: ["placementConstraints"],
  requests: {
    create: {
      CreateService: (given) => ({
        cluster: given.cluster,
        serviceName: given.name,
        taskDefinition: given.taskDefinition,
        desiredCount: given.schedulingStrategy === "DAEMON" ? undefined : given.desiredCount,
        launchType: given.launchType,
        schedulingStrategy: given.schedulingStrategy,
        deploymentController: given.deploymentController,
        availabilityZoneRebalancing: given.availabilityZoneRebalancing,
        ...updated(given),
        tags: lowerCase(given.tags),
      }),
      ...waited,
    },
    read: {
      DescribeServices: ({ cluster }, { id }) => ({ cluster, services: [id], include: ["TAGS"] }),
    },
    update: {
      UpdateService: (given, { id }) => ({
        cluster: given.cluster,
        service: id,
        taskDefinition: given.taskDefinition,
        desiredCount: given.schedulingStrategy === "DAEMON" ? undefined : given.desiredCount,
        forceNewDeployment: given.forceNewDeployment,
        availabilityZoneRebalancing: given.availabilityZoneRebalancing,
        ...updated(given),
      }),
      ...waited,
      ...retagged.ecs,
    },
    delete: {
      // The provider drains a service before it deletes it.
      UpdateService: ({ cluster, schedulingStrategy }, { id }) =>
        schedulingStrategy === "DAEMON" ? undefined : { cluster, service: id, desiredCount: 0 },
      DeleteService: ({ cluster, forceDelete }, { id }) => ({ cluster, service: id, force: forceDelete }),
    },
  },
  create: (aws, given) => {
    const clusterResource = findCluster(aws, given.cluster);
    check(aws, given);
    const { name, launchType = "EC2", schedulingStrategy } = given;
    const arn = aws.arn("ecs", `service/${clusterResource.inputs.name}/${name}`);
    if (aws.runtime.ecs.services[arn]?.status === "ACTIVE")
      throw invalidParameter(
        "Creation of service was not idempotent.",
        reported("hashicorp/terraform-provider-aws#2283"),
      );
    if (aws.runtime.ecs.services[arn]?.status === "DRAINING")
      throw invalidParameter(
        "Unable to Start a service that is still Draining.",
        reported("ewilde/faas-fargate#13"),
      );
    const created: EcsService = {
      arn,
      name,
      clusterArn: clusterResource.id,
      status: "ACTIVE",
      launchType,
      schedulingStrategy,
      ...settings(given),
      deployments: [],
      events: [],
      createdAt: aws.now().toISOString(),
    };
    aws.runtime.ecs.services[arn] = created;
    deploy(aws, created, findTaskDefinition(aws, given.taskDefinition).arn);
    return { id: arn, outputs: { arn, launchType, cluster: given.cluster ?? "default" } };
  },
  update: (aws, { id, inputs: before, outputs }, given) => {
    check(aws, given);
    const running = aws.runtime.ecs.services[id];
    if (!running)
      throw new AwsError(
        "ServiceNotFoundException",
        "Service not found.",
        documented("Amazon ECS API, UpdateService, errors: ServiceNotFoundException"),
      );
    const constraints = running.placementConstraints;
    Object.assign(running, settings(given));
    const { arn } = findTaskDefinition(aws, given.taskDefinition);
    // What "triggers a new service deployment" (API reference, UpdateService).
    const isNew =
      running.deployments.find((d) => d.status === "PRIMARY")?.taskDefinitionArn !== arn ||
      !isDeepStrictEqual(constraints, running.placementConstraints) ||
      (given.forceNewDeployment === true && !isDeepStrictEqual(given.triggers, before.triggers));
    if (isNew) deploy(aws, running, arn);
    return outputs;
  },
  // A rollback.
  drifted: (aws, { id, inputs: { taskDefinition } }) => {
    const running = aws.runtime.ecs.services[id];
    const primary = running && primaryOf(running);
    // The provider keeps the form that the program used.
    return primary && taskDefinition?.startsWith("arn:") ? { taskDefinition: primary.taskDefinitionArn } : {};
  },
  delete: (aws, { id }) => {
    const running = aws.runtime.ecs.services[id];
    if (running) drain(aws, running);
  },
});
