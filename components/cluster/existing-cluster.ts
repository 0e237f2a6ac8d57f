import { getCluster } from "@pulumi/aws/ecs/getCluster.js";
import * as pulumi from "@pulumi/pulumi";
import { existingClusterProblems } from "../../limits/cluster.ts";
import { throwIfAny } from "../../limits/problem.ts";
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
  const arn = lookUpCluster(name, { parent }).then((cluster) => {
    throwIfAny(existingClusterProblems(field, name, cluster?.status));
    return cluster?.arn ?? "";
  });
  return pulumi.output(arn);
}

/** Asks ECS for a cluster; undefined if it has none of this name. */
export function lookUpCluster(name: string, from: pulumi.InvokeOptions = {}) {
  return unlessAbsent(() => getCluster({ clusterName: name }, from));
}
