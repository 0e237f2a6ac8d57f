import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { FlowLog } from "@pulumi/aws/ec2/flowLog.js";
import type { Vpc } from "@pulumi/aws/ec2/vpc.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import * as pulumi from "@pulumi/pulumi";
import { assumeRolePolicy, policyDocument } from "../shared/iam.ts";
import type { Location } from "../shared/location.ts";
import { stackPrefix, tags } from "../shared/tags.ts";

/** Records the metadata of all traffic in CloudWatch Logs: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html */
export function flowLogs(
  name: string,
  retentionInDays: pulumi.Input<number>,
  vpc: Vpc,
  location: Location,
  parent: pulumi.Resource,
): void {
  const child = { parent };
  const role = `${name}-flow-logs`;
  const group = new LogGroup(
    role,
    {
      name: `/vpc/${stackPrefix()}/${name}/flow-logs`,
      retentionInDays,
      tags: tags(role),
    },
    child,
  );
  const writer = new Role(
    role,
    {
      assumeRolePolicy: assumeRolePolicy("vpc-flow-logs.amazonaws.com", "ec2", location),
      tags: tags(role),
    },
    child,
  );
  const policy = new RolePolicy(
    role,
    {
      role: writer.name,
      policy: policyDocument([
        {
          Action: [
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
          ],
          Resource: pulumi.interpolate`${group.arn}:*`,
        },
      ]),
    },
    child,
  );
  new FlowLog(
    role,
    {
      vpcId: vpc.id,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: group.arn,
      iamRoleArn: writer.arn,
      tags: tags(role),
    },
    { ...child, dependsOn: policy },
  );
}
