import { getService } from "@pulumi/aws/ecs/getService.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../../limits/problem.ts";
import { unlessAbsent } from "../shared/absent.ts";
import { stackTags } from "../shared/tags.ts";

/**
 * Returns why a service cannot be created under its name: somebody else's service in the cluster has it. ECS says only that
 * "creation of service was not idempotent". One of this stack is replaced, and gone by then.
 *
 * @param inputs of the service; without the cluster in a preview of a cluster that is to be created
 */
export async function takenNameProblems(
  name: string,
  inputs: Readonly<Record<string, unknown>>,
  parent: pulumi.Resource,
): Promise<readonly Problem[]> {
  const { cluster } = inputs;
  if (typeof cluster !== "string") return [];
  const found = await unlessAbsent(() => getService({ clusterArn: cluster, serviceName: name }, { parent }));
  const isOwn = Object.entries(stackTags()).every(([tag, value]) => found?.tags?.[tag] === value);
  if (!found || isOwn) return [];
  return [
    {
      field: name,
      value: found.arn,
      rule: "must have a name that no other service in the cluster has: this one is somebody else's",
      remedy: "rename the service",
    },
  ];
}
