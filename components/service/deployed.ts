import { getServiceOutput } from "@pulumi/aws/ecs/getService.js";
import type { Service } from "@pulumi/aws/ecs/service.js";
import * as pulumi from "@pulumi/pulumi";
import { throwIfAny } from "../../limits/problem.ts";
import { deploymentProblems } from "../../limits/service/deployment.ts";

/**
 * Returns the service's ARN, once ECS is known to run the task definition that the program asked for. Asks ECS once in every
 * `pulumi up`, also for a service without changes. A preview does not ask: the `up` may still change the service.
 *
 * @param field path of the task definition, for the error
 * @throws RunError when ECS runs another one, or its deployment failed
 */
export function deployedArn(
  field: string,
  service: Service,
  taskDefinition: pulumi.Input<string>,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  if (pulumi.runtime.isDryRun()) return service.arn;
  const found = getServiceOutput({ clusterArn: service.cluster, serviceName: service.name }, { parent });
  const { arn, urn, waitForSteadyState } = service;
  return pulumi
    .all([arn, urn, taskDefinition, waitForSteadyState, found])
    .apply(([serviceArn, plainUrn, asked, waited, state]) => {
      const deployment = { taskDefinition: asked, waited: waited === true, urn: plainUrn };
      throwIfAny(deploymentProblems(field, deployment, state));
      return serviceArn;
    });
}
