import { getCluster } from "@pulumi/aws/ecs/getCluster.js";
import * as pulumi from "@pulumi/pulumi";
import { describe } from "../../limits/problem.ts";
import { unlessAbsent } from "../shared/absent.ts";

/** An ECS cluster that somebody else owns. It is used as it is: nothing in it is changed, and it is never deleted. */
export interface ExistingCluster {
  /** In ECS. */
  readonly name: string;
  /** Its own configuration of ECS Exec, as `aws ecs describe-clusters --include CONFIGURATIONS` shows it. */
  readonly exec?:
    | {
        /** ARN of the key that encrypts sessions. Default: it has none. */
        readonly keyArn?: pulumi.Input<string> | undefined;
        /** Name of the log group that has the sessions. Default: they are logged with the containers' own output. */
        readonly logGroup?: pulumi.Input<string> | undefined;
      }
    | undefined;
}

/**
 * Returns the ARN of a cluster, once ECS is known to have it.
 *
 * @param field path of its name, for errors
 * @throws RunError inside the Output when this account and Region have no such cluster, or it is being deleted
 */
export function existingClusterArn(
  field: string,
  name: string,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const problem = (value: string) =>
    new pulumi.RunError(
      describe({
        field,
        value,
        rule: "must be an active ECS cluster of this account and Region",
        remedy: "name one that `aws ecs list-clusters` lists, or remove cluster.existing",
      }),
    );
  const found = unlessAbsent(() => getCluster({ clusterName: name }, { parent }));
  return pulumi.output(
    found.then((cluster) => {
      if (!cluster) throw problem(name);
      if (cluster.status !== "ACTIVE") throw problem(`${name} (${cluster.status})`);
      return cluster.arn;
    }),
  );
}
