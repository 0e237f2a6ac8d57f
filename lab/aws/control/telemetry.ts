/**
 * The data plane's observations as AWS shows them: tunnel state and metric, alarms, target health, the tunnels' log.
 */
import type { Account } from "../account.ts";
import type { ObservedNetwork } from "../data-plane/contract.ts";
import type { Datapoint } from "../runtime.ts";
import { optionsOf, tunnelNumbers, vpnConnection } from "../services/connectivity/vpn-connection.ts";
import { metricAlarm } from "../services/observability/metric-alarm.ts";
import { writeLine } from "./log-store.ts";

/** One day at one datapoint per minute. */
const datapointsKept = 1440;

const metricKey = (namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string =>
  `${namespace}/${name}/${Object.entries(dimensions)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([k, v]) => `${k}=${v}`)
    .join(",")}`;

/** Records a value. Keeps the latest one per minute, as with CloudWatch's standard resolution. */
export function putMetric(
  aws: Account,
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
  value: number,
): void {
  const key = metricKey(namespace, name, dimensions);
  const timestamp = `${aws.now().toISOString().slice(0, 16)}:00Z`;
  const points = aws.runtime.metrics[key] ?? [];
  if (points.at(-1)?.timestamp === timestamp) points.pop();
  points.push({ timestamp, value });
  aws.runtime.metrics[key] = points.slice(-datapointsKept);
}

/** Returns the datapoints of a metric, one per minute. */
export const datapoints = (
  aws: Account,
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
): readonly Datapoint[] => aws.runtime.metrics[metricKey(namespace, name, dimensions)] ?? [];

const statistics = {
  SampleCount: (values: number[]) => values.length,
  Sum: (values: number[]) => values.reduce((a, b) => a + b, 0),
  Average: (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length,
  Minimum: (values: number[]) => Math.min(...values),
  Maximum: (values: number[]) => Math.max(...values),
} as const;

/** Returns an alarm's state: each of its periods judged by its statistic, and missing data by `treatMissingData`. */
export function alarmState(aws: Account, name: string): "OK" | "ALARM" | "INSUFFICIENT_DATA" {
  const alarm = metricAlarm.get(aws, name)?.inputs;
  if (!alarm) return "INSUFFICIENT_DATA";
  const { threshold, period, evaluationPeriods, treatMissingData } = alarm;
  const breaches = {
    GreaterThanOrEqualToThreshold: (v: number) => v >= threshold,
    GreaterThanThreshold: (v: number) => v > threshold,
    LessThanThreshold: (v: number) => v < threshold,
    LessThanOrEqualToThreshold: (v: number) => v <= threshold,
  }[alarm.comparisonOperator];
  const points = datapoints(aws, alarm.namespace, alarm.metricName, alarm.dimensions ?? {});
  const now = aws.now().getTime();
  const periods = Array.from({ length: evaluationPeriods }, (_, i) => {
    const end = now - i * period * 1000;
    const own = points.filter(({ timestamp }) => {
      const time = Date.parse(timestamp);
      return time <= end && time > end - period * 1000;
    });
    return own.length === 0 ? undefined : statistics[alarm.statistic](own.map((p) => p.value));
  });
  const known = periods.filter((v) => v !== undefined);
  if (known.length === 0 && !["breaching", "notBreaching"].includes(treatMissingData))
    return "INSUFFICIENT_DATA";
  const missing = treatMissingData === "breaching" ? periods.length - known.length : 0;
  const bad = known.filter(breaches).length + missing;
  return bad >= (alarm.datapointsToAlarm ?? evaluationPeriods) ? "ALARM" : "OK";
}

const logGroupOf = (arn: string | undefined): string | undefined =>
  arn?.split(":log-group:")[1]?.replace(/:\*$/, "");

function tunnels(aws: Account, observed: ObservedNetwork): boolean {
  let changed = false;
  for (const connection of vpnConnection.all(aws)) {
    const own = observed.tunnels.filter((t) => Object.values(connection.outputs).includes(t.outsideAddress));
    // Between 0 and 1: not all of the connection's tunnels are up.
    const share = own.filter((t) => t.up).length / tunnelNumbers.length;
    if (own.length > 0) putMetric(aws, "AWS/VPN", "TunnelState", { VpnId: connection.id }, share);
    for (const n of tunnelNumbers) {
      const outsideAddress = String(connection.outputs[`tunnel${n}Address`]);
      const seen = observed.tunnels.find((t) => t.outsideAddress === outsideAddress);
      if (!seen) continue;
      // The user guide names both dimensions; alarms in practice use one of them, or both.
      const [vpn, tunnel] = [{ VpnId: connection.id }, { TunnelIpAddress: outsideAddress }];
      for (const dimensions of [tunnel, { ...vpn, ...tunnel }])
        putMetric(aws, "AWS/VPN", "TunnelState", dimensions, seen.up ? 1 : 0);
      const before = aws.runtime.tunnels[outsideAddress];
      if (before?.up === seen.up && before.statusMessage === seen.statusMessage) continue;
      changed = true;
      const since = aws.now().toISOString();
      aws.runtime.tunnels[outsideAddress] = { up: seen.up, statusMessage: seen.statusMessage, since };
      const logs = optionsOf(connection.inputs, n).logOptions?.cloudwatchLogOptions;
      const group = logs?.logEnabled ? logGroupOf(logs.logGroupArn) : undefined;
      if (group !== undefined)
        writeLine(
          aws,
          group,
          `${connection.id}-${outsideAddress}`,
          JSON.stringify({
            event_timestamp: Math.floor(aws.now().getTime() / 1000),
            details: seen.statusMessage,
            dpd_enabled: true,
            nat_t_detected: true,
            ike_phase1_state: seen.up ? "established" : "down",
            ike_phase2_state: seen.up ? "established" : "down",
          }),
        );
    }
  }
  return changed;
}

function targets(aws: Account, observed: ObservedNetwork): boolean {
  let changed = false;
  for (const { targetGroupArn, id, port, state, reason } of observed.targets) {
    const key = `${targetGroupArn}|${id}:${port}`;
    if (aws.runtime.targets[key]?.state === state) continue;
    changed = true;
    const since = aws.now().toISOString();
    aws.runtime.targets[key] = { state, since, ...(reason === undefined ? {} : { reason }) };
  }
  const known = new Set(observed.targets.map((t) => `${t.targetGroupArn}|${t.id}:${t.port}`));
  for (const key of Object.keys(aws.runtime.targets)) if (!known.has(key)) delete aws.runtime.targets[key];
  return changed;
}

/** Records the data plane's observations. Returns whether the state of anything changed. */
export function observe(aws: Account, observed: ObservedNetwork): boolean {
  const tunnelsChanged = tunnels(aws, observed);
  return targets(aws, observed) || tunnelsChanged;
}
