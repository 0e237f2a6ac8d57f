import { type Problem, problemIf } from "../problem.ts";

/** What ECS says of a service: DescribeServices. */
export interface ServiceState {
  /** ARN of the task definition that ECS runs. */
  readonly taskDefinition: string;
  /** The newest deployment has the status PRIMARY. Several: one replaces the others. */
  readonly deployments: readonly { readonly id: string; readonly status: string }[];
  /** Newest first. */
  readonly events: readonly { readonly message: string }[];
}

/** What the program asked for. */
export interface AskedDeployment {
  /** ARN of the task definition. */
  readonly taskDefinition: string;
  /** Whether the update waited for the end of the deployment. */
  readonly waited: boolean;
  /** URN of the service. */
  readonly urn: string;
}

/** `family:revision` */
const short = (taskDefinitionArn: string) => taskDefinitionArn.split("/").at(-1) ?? taskDefinitionArn;

/**
 * Returns why the deployment that was asked for is not in force. Only what ECS says tells: after a deployment that failed,
 * Pulumi's state has its task definition all the same, so the next `pulumi up` finds nothing to do.
 *
 * Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
 */
export function deploymentProblems(
  field: string,
  asked: AskedDeployment,
  found: ServiceState,
): readonly Problem[] {
  if (found.taskDefinition !== asked.taskDefinition)
    return [
      {
        field,
        value: short(found.taskDefinition),
        rule: `must be ${short(asked.taskDefinition)}: ECS rolled its deployment back, or somebody else deployed another one`,
        remedy:
          "fix the image or the setting that fails and run `pulumi up`; if nothing is to be fixed, run `pulumi refresh`, then `pulumi up`, which deploys it again",
      },
    ];
  const primary = found.deployments.find(({ status }) => status === "PRIMARY");
  const failure = found.events.find(({ message }) =>
    message.includes(`(deployment ${primary?.id}) deployment failed`),
  );
  if (failure)
    return [
      {
        field,
        value: failure.message,
        rule: `must be deployed, and there is no earlier deployment to go back to`,
        remedy: `fix the image or the setting that fails and run \`pulumi up\`; if nothing is to be fixed, run \`pulumi up --replace '${asked.urn}'\``,
      },
    ];
  return problemIf(asked.waited && found.deployments.length > 1, {
    field,
    value: found.events[0]?.message ?? "(no events)",
    rule: `must be deployed, and ECS still replaces the tasks of an earlier deployment`,
    remedy: "look at the service's events for what holds it up, and run `pulumi up` again when it is done",
  });
}
