/** The cluster, its keys, and what a cluster that exists has already. */
import { parseArn } from "../../limits/arn.ts";
import { problemIf } from "../../limits/problem.ts";
import type { Rule } from "./rule.ts";

const existing: Rule = ({ cluster: { existing, containerInsights } }) =>
  problemIf(existing !== undefined && containerInsights !== undefined, {
    field: "cluster.containerInsights",
    value: String(containerInsights),
    rule: "must not be given with cluster.existing, which is used as it is",
    remedy: "remove it",
  });

const keys: Rule = ({ cluster: { existing, keyArn } }, region) =>
  Object.entries({ keyArn, "existing.exec.keyArn": existing?.exec.keyArn }).flatMap(([field, arn]) =>
    problemIf(arn !== undefined && parseArn(arn)?.region !== region, {
      field: `cluster.${field}`,
      value: String(arn),
      rule: `must be a key in ${region}: CloudWatch Logs and ECS use keys of their own Region`,
      remedy: "name another key, or a replica of this one there",
    }),
  );

export const clusterRules: readonly Rule[] = [existing, keys];
