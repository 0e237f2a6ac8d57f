/** CloudWatch: alarms on a metric. API reference: PutMetricAlarm. */
import { z } from "zod";
import { AwsError, documented } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { keyValue, retagged } from "../../requests/tags.ts";

const actions = z.array(z.string().startsWith("arn:")).max(5).optional();

const text = z.string().min(1).max(255);

const inputs = z.strictObject({
  name: text,
  alarmDescription: z.string().max(1024).optional(),
  comparisonOperator: oneOf([
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
  ]),
  metricName: text,
  namespace: text.regex(/^[^:].*/),
  statistic: oneOf(["SampleCount", "Average", "Sum", "Minimum", "Maximum"]),
  dimensions: z.record(text, text).optional(),
  period: z.int().min(10),
  evaluationPeriods: z.int().min(1),
  datapointsToAlarm: z.int().min(1).optional(),
  threshold: z.number(),
  treatMissingData: oneOf(["breaching", "notBreaching", "ignore", "missing"]).default("missing"),
  actionsEnabled: z.boolean().default(true),
  alarmActions: actions,
  okActions: actions,
  insufficientDataActions: actions,
  unit: z.string().optional(),
  tags,
  region,
});

const written = (given: z.output<typeof inputs>) => ({
  AlarmName: given.name,
  AlarmDescription: given.alarmDescription,
  ComparisonOperator: given.comparisonOperator,
  MetricName: given.metricName,
  Namespace: given.namespace,
  Statistic: given.statistic,
  Dimensions: Object.entries(given.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value })),
  Period: given.period,
  EvaluationPeriods: given.evaluationPeriods,
  DatapointsToAlarm: given.datapointsToAlarm,
  Threshold: given.threshold,
  TreatMissingData: given.treatMissingData,
  ActionsEnabled: given.actionsEnabled,
  AlarmActions: given.alarmActions,
  OKActions: given.okActions,
  InsufficientDataActions: given.insufficientDataActions,
  Unit: given.unit,
});

export const metricAlarm = kind({
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  api: ["CloudWatch", "MetricAlarm"],
  operations: { create: "PutMetricAlarm", update: "PutMetricAlarm", delete: "DeleteAlarms" },
  autoName: { property: "name", maxLength: 255 },
  inputs,
  replaces: ["name", "region"],
  requests: {
    create: { PutMetricAlarm: (given) => ({ ...written(given), Tags: keyValue(given.tags) }) },
    read: {
      DescribeAlarms: ({ name }) => ({ AlarmNames: [name], AlarmTypes: ["MetricAlarm"] }),
      ListTagsForResource: (_, { outputs }) => ({ ResourceARN: outputs.arn }),
    },
    update: { PutMetricAlarm: written, ...retagged.cloudWatch },
    delete: { DeleteAlarms: ({ name }) => ({ AlarmNames: [name] }) },
  },
  create: (aws, given) => {
    const { name, period, evaluationPeriods, datapointsToAlarm } = given;
    if (![10, 20, 30].includes(period) && period % 60 !== 0)
      throw new AwsError(
        "ValidationError",
        `Metric period must be 10, 20, 30 or a multiple of 60: ${period}`,
        documented("Amazon CloudWatch API, PutMetricAlarm: Period"),
      );
    if (period * evaluationPeriods > 604800)
      throw new AwsError(
        "ValidationError",
        "Metrics cannot be checked across more than seven days (EvaluationPeriods * Period must be <= 604800).",
        documented("Amazon CloudWatch API, PutMetricAlarm: Period, EvaluationPeriods"),
      );
    if ((datapointsToAlarm ?? 1) > evaluationPeriods)
      throw new AwsError(
        "ValidationError",
        "DatapointsToAlarm must be less than or equal to EvaluationPeriods.",
        documented("Amazon CloudWatch API, PutMetricAlarm: DatapointsToAlarm"),
      );
    return { id: name, outputs: { arn: aws.arn("cloudwatch", `alarm:${name}`) } };
  },
});
