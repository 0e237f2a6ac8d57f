/** ECS's JSON API as its agent calls it. API reference: RegisterContainerInstance, SubmitTaskStateChange. */
import { z } from "zod";
import {
  deregisterInstance,
  findInstance,
  type Registration,
  registerInstance,
} from "../../control/instances.ts";
import { findTask, report } from "../../control/tasks.ts";
import { findCluster } from "../../services/cluster/cluster.ts";
import { type Call, type JsonApi, nodeOf, operation, permit } from "../call.ts";
import { describeInstance } from "./ecs-shapes.ts";

const resource = z.object({
  name: z.string(),
  integerValue: z.number().optional(),
  stringSetValue: z.array(z.string()).optional(),
});

const attributes = z
  .array(z.object({ name: z.string(), value: z.string().nullish() }))
  .default([])
  .transform((all) => Object.fromEntries(all.map((a) => [a.name, a.value ?? ""])));

const register = operation(
  z.object({
    cluster: z.string().default("default"),
    containerInstanceArn: z.string().optional(),
    totalResources: z.array(resource),
    versionInfo: z.record(z.string(), z.string()).default({}),
    attributes,
  }),
  (call, asked) => {
    const { aws } = call;
    permit(call, "ecs:RegisterContainerInstance", String(findCluster(aws, asked.cluster).id));
    const named = (name: string) => asked.totalResources.find((r) => r.name === name);
    const ports = (name: string) => (named(name)?.stringSetValue ?? []).map(Number);
    const registration: Registration = {
      cluster: asked.cluster,
      // The agent sends an empty string where it has none.
      containerInstanceArn: asked.containerInstanceArn || undefined,
      cpu: named("CPU")?.integerValue ?? 0,
      memory: named("MEMORY")?.integerValue ?? 0,
      reservedPorts: ports("PORTS"),
      reservedPortsUdp: ports("PORTS_UDP"),
      attributes: asked.attributes,
      versionInfo: asked.versionInfo,
    };
    const instance = registerInstance(aws, nodeOf(call), registration);
    aws.changed();
    return { containerInstance: describeInstance(aws, instance) };
  },
);

const discover = operation(z.object({ cluster: z.string().optional() }), (call) => {
  permit(call, "ecs:DiscoverPollEndpoint", "*");
  const { region } = call.aws;
  // Through an endpoint, ECS returns only hosts with private names:
  // aws-samples/aws-secure-environment-accelerator#1052.
  const shard = call.endpoint === undefined ? "-1" : "";
  return {
    endpoint: `https://ecs-a${shard}.${region}.amazonaws.com/`,
    telemetryEndpoint: `https://ecs-t${shard}.${region}.amazonaws.com/`,
    serviceConnectEndpoint: `https://ecs-sc.${region}.api.aws`,
  };
});

const binding = z.object({
  bindIP: z.string().default("0.0.0.0"),
  containerPort: z.int(),
  hostPort: z.int(),
  protocol: z.string().default("tcp"),
});

const submitTask = operation(
  z.object({
    cluster: z.string().optional(),
    task: z.string(),
    status: z.enum(["PENDING", "RUNNING", "STOPPED"]),
    reason: z.string().optional(),
    containers: z
      .array(
        z.object({
          containerName: z.string(),
          runtimeId: z.string().optional(),
          status: z.string().optional(),
          exitCode: z.int().nullish(),
          reason: z.string().optional(),
          imageDigest: z.string().optional(),
          networkBindings: z.array(binding).optional(),
        }),
      )
      .default([]),
  }),
  (call, asked) => {
    permit(call, "ecs:SubmitTaskStateChange", "*");
    report(call.aws, findTask(call.aws, asked.task), {
      status: asked.status,
      reason: asked.reason || undefined,
      containers: asked.containers.map(({ containerName, status, exitCode, ...rest }) => ({
        ...rest,
        name: containerName,
        lastStatus: status,
        exitCode: exitCode ?? undefined,
      })),
    });
    call.aws.changed();
    return { acknowledgment: "ACCEPT" };
  },
);

const submitContainer = operation(z.object({}), (call) => {
  permit(call, "ecs:SubmitContainerStateChange", "*");
  return { acknowledgment: "ACCEPT" };
});

const arnOf = (call: Call, cluster: string | undefined, ref: string) =>
  findInstance(call.aws, cluster, ref).arn;

const updateState = operation(
  z.object({
    cluster: z.string().optional(),
    containerInstances: z.array(z.string()),
    status: z.enum(["ACTIVE", "DRAINING"]),
  }),
  (call, { cluster, containerInstances, status }) => {
    const { aws } = call;
    for (const ref of containerInstances) {
      permit(call, "ecs:UpdateContainerInstancesState", arnOf(call, cluster, ref));
      findInstance(aws, cluster, ref).status = status;
    }
    aws.changed();
    const all = containerInstances.map((ref) => describeInstance(aws, findInstance(aws, cluster, ref)));
    return { containerInstances: all, failures: [] };
  },
);

const deregister = operation(
  z.object({
    cluster: z.string().optional(),
    containerInstance: z.string(),
    force: z.boolean().default(false),
  }),
  (call, { cluster, containerInstance, force }) => {
    permit(call, "ecs:DeregisterContainerInstance", arnOf(call, cluster, containerInstance));
    const instance = findInstance(call.aws, cluster, containerInstance);
    deregisterInstance(call.aws, instance, force);
    call.aws.changed();
    return { containerInstance: describeInstance(call.aws, instance) };
  },
);

export const ecsAgent: JsonApi = {
  target: "AmazonEC2ContainerServiceV20141113",
  prefix: "ecs",
  operations: {
    RegisterContainerInstance: register,
    DiscoverPollEndpoint: discover,
    SubmitTaskStateChange: submitTask,
    SubmitContainerStateChange: submitContainer,
    UpdateContainerInstancesState: updateState,
    DeregisterContainerInstance: deregister,
  },
};
