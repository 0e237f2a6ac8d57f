/** AWS's service models judge what the lab's APIs of the query protocol answer. */
import test from "ava";
import { labAccessKey } from "../../../lab/aws/api/call.ts";
import { dispatch } from "../../../lab/aws/api/dispatch.ts";
import { putMetric } from "../../../lab/aws/control/telemetry.ts";
import { judgeAnswer, said } from "../../../lab/models/judge.ts";
import { Account } from "../aws/account.ts";
import { modelOf } from "./support/judged.ts";
import { resultOf } from "./support/xml.ts";

async function answered({ aws }: Account, service: string, asked: Record<string, string>) {
  const { body } = await dispatch(aws, {
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${labAccessKey.accessKeyId}/x` },
    body: new URLSearchParams(asked).toString(),
  });
  const { Action: operation = "" } = asked;
  const result = resultOf(modelOf(service), operation, body);
  return { result, findings: judgeAnswer(modelOf(service), operation, result).map(said) };
}

test("AWS's models take what CloudWatch answers about an alarm and its metric", async (t) => {
  const account = new Account();
  const vpn = { VpnId: "vpn-1" };
  account.make("metricAlarm", {
    name: "vpn-tunnel1-down",
    alarmDescription: "tunnel 1 & its twin",
    comparisonOperator: "LessThanThreshold",
    metricName: "TunnelState",
    namespace: "AWS/VPN",
    statistic: "Maximum",
    dimensions: vpn,
    period: 300,
    evaluationPeriods: 1,
    threshold: 1,
    alarmActions: ["arn:aws:sns:us-east-1:123456789012:alarms"],
  });
  putMetric(account.aws, "AWS/VPN", "TunnelState", vpn, 0.5);
  const alarms = await answered(account, "CloudWatch", {
    Action: "DescribeAlarms",
    "AlarmNames.member.1": "vpn-tunnel1-down",
  });
  t.deepEqual(alarms.findings, []);
  t.like(alarms.result, { MetricAlarms: [{ AlarmName: "vpn-tunnel1-down", Period: 300 }] });
  const hour = 3_600_000;
  const points = await answered(account, "CloudWatch", {
    Action: "GetMetricStatistics",
    Namespace: "AWS/VPN",
    MetricName: "TunnelState",
    "Dimensions.member.1.Name": "VpnId",
    "Dimensions.member.1.Value": "vpn-1",
    StartTime: new Date(account.time - hour).toISOString(),
    EndTime: new Date(account.time + hour).toISOString(),
  });
  t.deepEqual(points.findings, []);
  t.like(points.result, { Label: "TunnelState", Datapoints: [{ Average: 0.5, Unit: "None" }] });
});

test("AWS's models take what STS answers about the caller", async (t) => {
  const { findings, result } = await answered(new Account(), "STS", { Action: "GetCallerIdentity" });
  t.deepEqual(findings, []);
  t.like(result, { Account: "123456789012" });
});
