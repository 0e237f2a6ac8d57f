/** What ECS takes of a cluster and its nodes. */
import { type Problem, problemIf } from "./problem.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html, "clusterName" */
export const clusterNamePattern = /^[A-Za-z0-9_-]{1,255}$/;

/** Why ECS would not take a cluster's name. */
export function clusterNameProblems(field: string, name: string): readonly Problem[] {
  return problemIf(!clusterNamePattern.test(name), {
    field,
    value: name,
    rule: "must be 1 to 255 letters, digits, - and _: ECS takes no other name of a cluster",
    remedy: "choose another name",
  });
}

/** @param status of the cluster in ECS; undefined if ECS has none of this name */
export function existingClusterProblems(
  field: string,
  name: string,
  status: string | undefined,
): readonly Problem[] {
  return problemIf(status !== "ACTIVE", {
    field,
    value: status === undefined ? name : `${name} (${status})`,
    rule: "must be an active ECS cluster of this account and Region",
    remedy: "name one that `aws ecs list-clusters` lists, or remove cluster.existing",
  });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html, "value" */
const longestAttributeValue = 128;

/** Why the project or the stack cannot be in the name of the stack's cluster, `<project>-<stack>`. */
export function stackNameProblems(project: string, stack: string): readonly Problem[] {
  const problem = (field: string, value: string, remedy: (name: string) => Problem["remedy"]) =>
    problemIf(!clusterNamePattern.test(value), {
      field,
      value,
      rule: "must be letters, digits, - and _: it is in the cluster's name, of which ECS takes no other characters",
      remedy: remedy(value.replaceAll(/[^A-Za-z0-9_-]/g, "-")),
    });
  return [
    ...problem(
      "project",
      project,
      (name) => `write \`name: ${name}\` in Pulumi.yaml, and \`${name}:\` in front of each setting`,
    ),
    ...problem("stack", stack, (name) => `run \`pulumi stack rename ${name}\``),
    ...problemIf(`${project}-${stack}`.length > longestAttributeValue, {
      field: "stack",
      value: stack,
      rule: `must have at most ${longestAttributeValue - project.length - 1} characters: with the project's name it is an attribute of each node, of which ECS takes ${longestAttributeValue}`,
      remedy: "run `pulumi stack rename`, with a shorter name",
    }),
  ];
}

/** The ECS attribute that every node has: its value is the host's key in `hosts`. */
export const hostAttribute = "hybrid.host";

/** The ECS attribute that tells a stack's nodes from those of other stacks in the same cluster: `<project>-<stack>`. */
export const stackAttribute = "hybrid.stack";

/** Why an attribute cannot be given to a node by its user. */
export function attributeNameProblems(field: string, name: string): readonly Problem[] {
  return problemIf([hostAttribute, stackAttribute].includes(name), {
    field,
    value: name,
    rule: `must not be set: the program itself gives every node ${hostAttribute} and ${stackAttribute}`,
    remedy: "choose another name",
  });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html, "name" */
export const attributeNamePattern = /^[A-Za-z0-9_./-]{1,128}$/;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html, "value" */
export const attributeValuePattern = /^[A-Za-z0-9_./@:\\ -]{1,128}$/;
