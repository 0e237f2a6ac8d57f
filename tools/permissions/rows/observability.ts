import { autoNamed, type Rows } from "../row.ts";

/** `observability`. Source: terraform-provider-aws, internal/service/logs/group.go, internal/service/cloudwatch/metric_alarm.go. */
export const observability: Rows = {
  "aws:cloudwatch/logGroup:LogGroup": {
    creates: "logs:CreateLogGroup",
    create: ["logs:PutRetentionPolicy"],
    read: ["logs:DescribeLogGroups"],
    update: ["logs:AssociateKmsKey", "logs:DisassociateKmsKey", "logs:PutRetentionPolicy"],
    delete: ["logs:DeleteLogGroup"],
    // CloudWatch Logs checks some actions on the group's streams.
    arns: ({ inputs: { name } }) => [`log-group:${name}`, `log-group:${name}:*`],
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    creates: "cloudwatch:PutMetricAlarm",
    read: ["cloudwatch:DescribeAlarms"],
    update: ["cloudwatch:PutMetricAlarm"],
    delete: ["cloudwatch:DeleteAlarms"],
    arns: ({ name }) => [`alarm:${autoNamed(name, 255)}`],
  },
};
