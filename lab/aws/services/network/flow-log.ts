/** EC2: flow logs. API reference: CreateFlowLogs. */
import { z } from "zod";
import { AwsError, documented } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { retagged, tagSpecifications } from "../../requests/tags.ts";
import { need } from "../shared/lookups.ts";
import { vpc } from "./vpc.ts";

export const flowLog = kind({
  type: "aws:ec2/flowLog:FlowLog",
  api: ["EC2", "FlowLogs"],
  inputs: z.strictObject({
    vpcId: z.string(),
    trafficType: oneOf(["ALL", "ACCEPT", "REJECT"]).optional(),
    logDestinationType: oneOf(["cloud-watch-logs", "s3", "kinesis-data-firehose"]).default(
      "cloud-watch-logs",
    ),
    logDestination: z.string().optional(),
    iamRoleArn: z.string().optional(),
    logFormat: z.string().optional(),
    maxAggregationInterval: z.literal([60, 600], "expected one of 60, 600").default(600),
    tags,
    region,
  }),
  replaces: [
    "vpcId",
    "trafficType",
    "logDestinationType",
    "logDestination",
    "iamRoleArn",
    "logFormat",
    "maxAggregationInterval",
    "region",
  ],
  requests: {
    create: {
      CreateFlowLogs: (given) => ({
        ResourceIds: [given.vpcId],
        ResourceType: "VPC",
        TrafficType: given.trafficType,
        LogDestinationType: given.logDestinationType,
        LogDestination: given.logDestination,
        DeliverLogsPermissionArn: given.iamRoleArn,
        LogFormat: given.logFormat,
        MaxAggregationInterval: given.maxAggregationInterval,
        TagSpecifications: tagSpecifications("vpc-flow-log", given.tags),
      }),
    },
    read: { DescribeFlowLogs: (_, { id }) => ({ FlowLogIds: [id] }) },
    update: { ...retagged.ec2 },
    delete: { DeleteFlowLogs: (_, { id }) => ({ FlowLogIds: [id] }) },
  },
  create: (aws, { vpcId, logDestinationType, iamRoleArn }) => {
    need(
      aws,
      vpc,
      vpcId,
      new AwsError(
        "InvalidVpcId.NotFound",
        `The Vpc Id ${vpcId} does not exist`,
        documented("Amazon EC2 API, error codes: InvalidVpcID.NotFound"),
      ),
    );
    if (logDestinationType === "cloud-watch-logs" && iamRoleArn === undefined)
      throw new AwsError(
        "InvalidParameter",
        "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.",
        documented("Amazon EC2 API, CreateFlowLogs: DeliverLogsPermissionArn"),
      );
    const id = aws.ids.resource("fl");
    return { id, outputs: { arn: aws.arn("ec2", `vpc-flow-log/${id}`) } };
  },
});
