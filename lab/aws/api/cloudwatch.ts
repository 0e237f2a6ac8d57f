/**
 * CloudWatch as the AWS CLI of Debian 12 calls it (query protocol, answers in XML): DescribeAlarms and
 * GetMetricStatistics.
 */
import type { Account } from "../account.ts";
import { alarmState, datapoints } from "../control/telemetry.ts";
import { metricAlarm } from "../services/observability/metric-alarm.ts";

const escaped = (text: unknown): string =>
  String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const tag = (name: string, value: unknown): string => `<${name}>${escaped(value)}</${name}>`;
const members = (name: string, all: readonly string[]): string =>
  `<${name}>${all.map((one) => `<member>${one}</member>`).join("")}</${name}>`;

/** Reads a list such as `Dimensions.member.1.Name=…&Dimensions.member.1.Value=…`. */
function listed(asked: URLSearchParams, prefix: string, suffix = ""): string[] {
  const found: string[] = [];
  for (let i = 1; asked.has(`${prefix}.member.${i}${suffix}`); i++)
    found.push(asked.get(`${prefix}.member.${i}${suffix}`) ?? "");
  return found;
}

function alarms(aws: Account, asked: URLSearchParams): string {
  const names = listed(asked, "AlarmNames");
  const state = asked.get("StateValue");
  const all = metricAlarm
    .all(aws)
    .map((alarm) => ({ ...alarm, state: alarmState(aws, alarm.id) }))
    .filter((a) => (names.length === 0 || names.includes(a.id)) && (state === null || state === a.state))
    .filter((a) => a.id.startsWith(asked.get("AlarmNamePrefix") ?? ""));
  const shown = all.map(({ id, inputs, outputs, state: value }) => {
    const dimensions = Object.entries(inputs.dimensions ?? {}).map(
      ([k, v]) => tag("Name", k) + tag("Value", v),
    );
    return [
      tag("AlarmName", id),
      tag("AlarmArn", outputs.arn),
      tag("AlarmDescription", inputs.alarmDescription ?? ""),
      tag("StateValue", value),
      tag("Namespace", inputs.namespace),
      tag("MetricName", inputs.metricName),
      tag("Statistic", inputs.statistic),
      tag("Period", inputs.period),
      tag("EvaluationPeriods", inputs.evaluationPeriods),
      tag("Threshold", inputs.threshold),
      tag("ComparisonOperator", inputs.comparisonOperator),
      tag("TreatMissingData", inputs.treatMissingData),
      tag("ActionsEnabled", inputs.actionsEnabled),
      members("Dimensions", dimensions),
      members("AlarmActions", (inputs.alarmActions ?? []).map(escaped)),
    ].join("");
  });
  return members("MetricAlarms", shown);
}

function metric(aws: Account, asked: URLSearchParams): string {
  const values = listed(asked, "Dimensions", ".Value");
  const dimensions = Object.fromEntries(
    listed(asked, "Dimensions", ".Name").map((k, i) => [k, values[i] ?? ""]),
  );
  const name = asked.get("MetricName") ?? "";
  const start = Date.parse(asked.get("StartTime") ?? "");
  const end = Date.parse(asked.get("EndTime") ?? "");
  const points = datapoints(aws, asked.get("Namespace") ?? "", name, dimensions)
    .filter(({ timestamp }) => Date.parse(timestamp) >= start && Date.parse(timestamp) < end)
    .map(({ timestamp, value }) =>
      [
        tag("Timestamp", timestamp),
        ...["Average", "Sum", "Minimum", "Maximum"].map((s) => tag(s, value)),
        tag("SampleCount", 1),
        tag("Unit", "None"),
      ].join(""),
    );
  return tag("Label", name) + members("Datapoints", points);
}

const actions: Readonly<Record<string, (aws: Account, asked: URLSearchParams) => string>> = {
  DescribeAlarms: alarms,
  GetMetricStatistics: metric,
};

/** Returns the answer to a query, or undefined if the query is not for CloudWatch. */
export function cloudWatch(aws: Account, asked: URLSearchParams, requestId: string): string | undefined {
  const action = asked.get("Action") ?? "";
  const result = actions[action]?.(aws, asked);
  return (
    result &&
    `<${action}Response xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><${action}Result>${result}</${action}Result><ResponseMetadata>${tag("RequestId", requestId)}</ResponseMetadata></${action}Response>\n`
  );
}
