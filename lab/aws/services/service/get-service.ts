/** ECS: what a service runs. API reference: DescribeServices. */
import { z } from "zod";
import { primaryOf } from "../../control/service.ts";
import { dataSource } from "../../data-source.ts";
import { findCluster } from "../cluster/cluster.ts";

const args = z.object({ clusterArn: z.string(), serviceName: z.string() });

export const getService = dataSource("aws:ecs/getService:getService", (aws, given) => {
  const { clusterArn, serviceName } = args.parse(given);
  const cluster = findCluster(aws, clusterArn);
  const arn = aws.arn("ecs", `service/${cluster.inputs.name}/${serviceName}`);
  const service = aws.runtime.ecs.services[arn];
  if (!service || service.status === "INACTIVE")
    // The provider's own words.
    throw new Error(`reading ECS Service (${serviceName}): couldn't find resource`);
  const tasks = Object.values(aws.runtime.ecs.tasks).filter((t) => t.serviceArn === arn);
  const count = (status: string, deployment?: string) =>
    tasks.filter((t) => t.lastStatus === status && (deployment ?? t.startedBy) === t.startedBy).length;
  return {
    id: arn,
    arn,
    clusterArn: cluster.id,
    serviceName,
    region: aws.region,
    status: service.status,
    taskDefinition: primaryOf(service)?.taskDefinitionArn ?? "",
    desiredCount: service.desiredCount,
    runningCount: count("RUNNING"),
    pendingCount: count("PENDING"),
    launchType: service.launchType,
    schedulingStrategy: service.schedulingStrategy,
    deployments: service.deployments.map(
      ({ id, status, taskDefinitionArn, desiredCount, createdAt, updatedAt }) => ({
        id,
        status,
        taskDefinition: taskDefinitionArn,
        desiredCount,
        runningCount: count("RUNNING", id),
        pendingCount: count("PENDING", id),
        createdAt,
        updatedAt,
      }),
    ),
    events: service.events,
    tags: aws.resource("aws:ecs/service:Service", arn)?.inputs.tags ?? {},
  };
});
