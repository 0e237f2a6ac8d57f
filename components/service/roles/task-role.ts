import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import * as pulumi from "@pulumi/pulumi";
import { throwIfAny } from "../../../limits/problem.ts";
import {
  actionProblems,
  operatorProblems,
  policyArnProblems,
  resourceProblems,
  type Statement,
} from "../../../limits/service/permissions.ts";
import type { ExecSessions } from "../../shared/exec-sessions.ts";
import { type Allow, policyDocument } from "../../shared/iam.ts";
import type { ArnLocation } from "../../shared/location.ts";
import { validated } from "../../shared/validated.ts";
import { type GrantedRole, grant, taskRole } from "./service-role.ts";

/** What a service's containers may do in AWS. */
export interface TaskPermissions {
  /** ARNs of managed policies, by a name of the caller's choice. */
  readonly policies?: Readonly<Record<string, pulumi.Input<string>>> | undefined;
  readonly statements?: readonly Statement<pulumi.Input<string>>[] | undefined;
}

type LoggedSessions = ExecSessions & { readonly logGroupArn: pulumi.Input<string> };

/**
 * Creates the role of a service's containers, which lets ECS Exec in, with encrypted and logged sessions, and has the
 * permissions that it is given.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
 *
 * @param field path of the service, for errors
 * @throws RunError when IAM would not take a permission
 */
export function containersRole(
  field: string,
  args: {
    readonly permissions: TaskPermissions;
    readonly exec: LoggedSessions;
    readonly location: ArnLocation;
  },
  parent: pulumi.Resource,
): GrantedRole {
  const { permissions, exec, location } = args;
  const { policies = {}, statements = [] } = permissions;
  const name = `${field}-task`;
  const role = taskRole(name, location, parent);
  const own = statements.map((statement, i) => allow(`${field}.statements.${i}`, statement));
  return {
    role,
    grants: [
      grant(name, role, policyDocument(answersExec(exec, location)), parent),
      ...(own.length > 0 ? [grant(`${name}-statements`, role, policyDocument(own), parent)] : []),
      ...Object.entries(policies).map(([key, arn]) => {
        const policyArn = validated(arn, (plain) =>
          throwIfAny(policyArnProblems(`${field}.policies.${key}`, plain)),
        );
        return new RolePolicyAttachment(`${name}-${key}`, { role: role.name, policyArn }, { parent });
      }),
    ],
  };
}

function allow(field: string, { actions, resources, condition }: Statement<pulumi.Input<string>>): Allow {
  throwIfAny([
    ...actions.flatMap((action, i) => actionProblems(`${field}.actions.${i}`, action)),
    ...Object.keys(condition).flatMap((operator) => operatorProblems(`${field}.condition`, operator)),
  ]);
  return {
    Action: actions,
    Resource: resources.map((resource, i) =>
      validated(resource, (plain) => throwIfAny(resourceProblems(`${field}.resources.${i}`, plain))),
    ),
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

function answersExec(
  { keyArn, logGroupArn }: LoggedSessions,
  { partition, region, accountId }: ArnLocation,
): Allow[] {
  return [
    {
      Action: [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      // AWS takes no ARN here.
      Resource: "*",
    },
    ...(keyArn === undefined ? [] : [{ Action: "kms:Decrypt", Resource: keyArn }]),
    {
      Action: "logs:DescribeLogGroups",
      Resource: pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:*`,
    },
    {
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${logGroupArn}:*`,
    },
  ];
}
