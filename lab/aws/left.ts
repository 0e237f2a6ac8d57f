/** What the account holds, counted in every kind: the resources of Pulumi, and what AWS made because of them. */
import type { Aws } from "./aws.ts";

export interface Left {
  /** What costs, or is in the way of the next stack. */
  readonly left: readonly string[];
  /** What AWS shows for some time yet, free of charge, and nothing can delete at once. */
  readonly fading: readonly string[];
}

export function leftIn(aws: Aws): Left {
  const { ecs, managedInstances, keysToDelete, logs } = aws.runtime;
  const { services, instances, tasks, definitions } = ecs;
  const own = new Set(aws.resources("aws:cloudwatch/logGroup:LogGroup").map(({ id }) => id));
  return {
    left: [
      ...aws.resources().map(({ type, id }) => `${type} ${id}`),
      ...Object.values(services).flatMap(({ arn, status }) => (status === "INACTIVE" ? [] : [arn])),
      ...Object.values(instances).flatMap(({ arn, status }) => (status === "INACTIVE" ? [] : [arn])),
      ...Object.values(tasks).flatMap(({ arn, lastStatus }) => (lastStatus === "STOPPED" ? [] : [arn])),
      ...Object.values(definitions).flatMap(({ arn, status }) => (status === "ACTIVE" ? [arn] : [])),
      ...Object.values(managedInstances).map(({ instanceId }) => `managed instance ${instanceId}`),
      ...Object.keys(logs).flatMap((name) => (own.has(name) ? [] : [`log group ${name}, which AWS made`])),
    ],
    fading: [
      ...Object.values(definitions).flatMap(({ arn, status }) => (status === "ACTIVE" ? [] : [arn])),
      ...Object.values(keysToDelete).map(
        ({ arn, deletionDate }) => `${arn}, until ${deletionDate.slice(0, 10)}`,
      ),
    ],
  };
}
