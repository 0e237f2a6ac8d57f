import type { Registered } from "../../program/registered.ts";
import type { Rows } from "../row.ts";

/** Returns the name of the cluster that a service is in. */
function clusterOf({ inputs }: Registered): string {
  return String(inputs.cluster).split("/").at(-1) ?? "";
}

/** Returns the part of an ARN that names a service, or what is below it. */
function ofService(kind: string, service: Registered): string {
  return `${kind}/${clusterOf(service)}/${service.inputs.name}`;
}

/** `service`. Source: terraform-provider-aws, internal/service/ecs/service.go, task_definition.go. */
export const service: Rows = {
  "aws:ecs/taskDefinition:TaskDefinition": {
    creates: "ecs:RegisterTaskDefinition",
    read: ["ecs:DescribeTaskDefinition"],
    delete: ["ecs:DeregisterTaskDefinition"],
    arns: ({ inputs }) => [`task-definition/${inputs.family}:*`],
  },
  "aws:ecs/service:Service": {
    creates: "ecs:CreateService",
    read: ["ecs:DescribeServices", "ecs:ListServiceDeployments", "ecs:DescribeServiceDeployments"],
    update: ["ecs:UpdateService"],
    delete: ["ecs:UpdateService", "ecs:DeleteService"],
    arns: (resource) => [ofService("service", resource), `${ofService("service-deployment", resource)}/*`],
  },
};
