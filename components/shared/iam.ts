import * as pulumi from "@pulumi/pulumi";
import type { ArnLocation } from "./location.ts";

/** One statement of an IAM policy whose `Effect` is Allow. */
export interface Allow {
  readonly Action: string | readonly string[];
  readonly Resource: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>>
  >;
}

/** Returns a policy document of statements that allow. */
export function policyDocument(statements: readonly Allow[]): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })),
  });
}

/**
 * Returns a trust policy for one AWS service that acts for this account and Region only (no confused deputy).
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 *
 * @param principal the service that may take the role, for example `ecs-tasks.amazonaws.com`
 * @param source the service whose resources it acts for, as ARNs name it, for example `ecs`
 */
export function assumeRolePolicy(
  principal: string,
  source: string,
  location: ArnLocation,
): pulumi.Output<string> {
  const { partition, region, accountId } = location;
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: principal },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: {
            "aws:SourceArn": pulumi.interpolate`arn:${partition}:${source}:${region}:${accountId}:*`,
          },
        },
      },
    ],
  });
}
