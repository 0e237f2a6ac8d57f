/** ECS's JSON API (`AmazonEC2ContainerServiceV20141113`) as users call it: lists and descriptions. */
import { z } from "zod";
import { parseExpression } from "../../control/expression.ts";
import { subjectOf } from "../../control/placement.ts";
import { cluster as clusterKind, findCluster } from "../../services/cluster/cluster.ts";
import { findTaskDefinition } from "../../services/service/task-definition.ts";
import { type Call, type JsonApi, type Operation, operation, permit } from "../call.ts";
import {
  describeCluster,
  describeInstance,
  describeService,
  describeTask,
  describeTaskDefinition,
} from "./ecs-shapes.ts";

const inCluster = z.object({ cluster: z.string().optional() });
const clusterArn = (call: Call, ref: string | undefined): string => String(findCluster(call.aws, ref).id);

/** Returns the items that match a list of references, and a failure for each reference without a match. */
function found<T extends { arn: string }>(refs: readonly string[], all: readonly T[]) {
  const pick = (ref: string) => all.find((one) => one.arn === ref || one.arn.split("/").at(-1) === ref);
  return {
    hits: refs.flatMap((ref) => pick(ref) ?? []),
    failures: refs.filter((ref) => !pick(ref)).map((ref) => ({ arn: ref, reason: "MISSING" })),
  };
}

const listClusters: Operation = (call) => {
  permit(call, "ecs:ListClusters", "*");
  return { clusterArns: clusterKind.all(call.aws).map((c) => c.id) };
};

const describeClusters = operation(
  z.object({ clusters: z.array(z.string()).default(["default"]) }),
  (call, { clusters }) => {
    permit(call, "ecs:DescribeClusters", "*");
    const all = clusterKind.all(call.aws).map((c) => ({ arn: c.id }));
    const { hits, failures } = found(clusters, all);
    return { clusters: hits.map((c) => describeCluster(call.aws, c.arn)), failures };
  },
);

const listInstances = operation(
  inCluster.extend({ status: z.string().optional(), filter: z.string().optional() }),
  (call, { cluster, status, filter }) => {
    const arn = clusterArn(call, cluster);
    permit(call, "ecs:ListContainerInstances", arn);
    const matches = filter === undefined ? () => true : parseExpression(filter);
    const all = Object.values(call.aws.runtime.ecs.instances).filter((i) => i.clusterArn === arn);
    const shown = all.filter((i) => (status === undefined ? i.status !== "INACTIVE" : i.status === status));
    return { containerInstanceArns: shown.filter((i) => matches(subjectOf(call.aws, i))).map((i) => i.arn) };
  },
);

const describeInstances = operation(
  inCluster.extend({ containerInstances: z.array(z.string()) }),
  (call, { cluster, containerInstances }) => {
    const arn = clusterArn(call, cluster);
    const prefix = arn.replace(":cluster/", ":container-instance/");
    for (const ref of containerInstances)
      permit(call, "ecs:DescribeContainerInstances", ref.startsWith("arn:") ? ref : `${prefix}/${ref}`);
    const all = Object.values(call.aws.runtime.ecs.instances).filter((i) => i.clusterArn === arn);
    const { hits, failures } = found(containerInstances, all);
    return { containerInstances: hits.map((i) => describeInstance(call.aws, i)), failures };
  },
);

const listServices = operation(inCluster, (call, { cluster }) => {
  permit(call, "ecs:ListServices", "*");
  const arn = clusterArn(call, cluster);
  const all = Object.values(call.aws.runtime.ecs.services).filter((s) => s.clusterArn === arn);
  return { serviceArns: all.filter((s) => s.status !== "INACTIVE").map((s) => s.arn) };
});

const describeServices = operation(
  inCluster.extend({ services: z.array(z.string()) }),
  (call, { cluster, services }) => {
    permit(call, "ecs:DescribeServices", "*");
    const arn = clusterArn(call, cluster);
    const all = Object.values(call.aws.runtime.ecs.services).filter((s) => s.clusterArn === arn);
    const { hits, failures } = found(services, all);
    return { services: hits.map((s) => describeService(call.aws, s)), failures };
  },
);

const listTasks = operation(
  inCluster.extend({
    containerInstance: z.string().optional(),
    family: z.string().optional(),
    serviceName: z.string().optional(),
    desiredStatus: z.enum(["RUNNING", "PENDING", "STOPPED"]).default("RUNNING"),
  }),
  (call, asked) => {
    permit(call, "ecs:ListTasks", "*");
    const arn = clusterArn(call, asked.cluster);
    const all = Object.values(call.aws.runtime.ecs.tasks).filter(
      (t) =>
        t.clusterArn === arn &&
        t.desiredStatus === asked.desiredStatus &&
        (asked.serviceName === undefined || t.group === `service:${asked.serviceName.split("/").at(-1)}`) &&
        (asked.family === undefined || t.taskDefinitionArn.includes(`/${asked.family}:`)) &&
        t.containerInstanceArn.endsWith(asked.containerInstance?.split("/").at(-1) ?? ""),
    );
    return { taskArns: all.map((t) => t.arn) };
  },
);

const describeTasks = operation(
  inCluster.extend({ tasks: z.array(z.string()) }),
  (call, { cluster, tasks }) => {
    permit(call, "ecs:DescribeTasks", "*");
    const arn = clusterArn(call, cluster);
    const { hits, failures } = found(
      tasks,
      Object.values(call.aws.runtime.ecs.tasks).filter((t) => t.clusterArn === arn),
    );
    return { tasks: hits.map((t) => describeTask(call.aws, t)), failures };
  },
);

const describeDefinition = operation(z.object({ taskDefinition: z.string() }), (call, { taskDefinition }) => {
  permit(call, "ecs:DescribeTaskDefinition", "*");
  return { taskDefinition: describeTaskDefinition(findTaskDefinition(call.aws, taskDefinition)), tags: [] };
});

const listDefinitions = operation(
  z.object({ familyPrefix: z.string().optional(), status: z.string().default("ACTIVE") }),
  (call, { familyPrefix, status }) => {
    permit(call, "ecs:ListTaskDefinitions", "*");
    const all = Object.values(call.aws.runtime.ecs.definitions).filter((d) => d.status === status);
    const shown = all.filter((d) => familyPrefix === undefined || d.family === familyPrefix);
    return { taskDefinitionArns: shown.map((d) => d.arn) };
  },
);

export const ecs: JsonApi = {
  target: "AmazonEC2ContainerServiceV20141113",
  prefix: "ecs",
  operations: {
    ListClusters: listClusters,
    DescribeClusters: describeClusters,
    ListContainerInstances: listInstances,
    DescribeContainerInstances: describeInstances,
    ListServices: listServices,
    DescribeServices: describeServices,
    ListTasks: listTasks,
    DescribeTasks: describeTasks,
    DescribeTaskDefinition: describeDefinition,
    ListTaskDefinitions: listDefinitions,
  },
};
