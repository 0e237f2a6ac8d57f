/** What the data plane saw, as AWS shows it: tunnel state and metric, alarms, target health, the tunnels' log. */
import type { Aws } from "../aws.ts";
import type { ObservedNetwork } from "../data-plane.ts";
import { metricAlarm } from "../services/cloudwatch.ts";
import { optionsOf, tunnelNumbers, vpnConnection } from "../services/vpn-connection.ts";
import { writeLine } from "./log-store.ts";

/** A day at one datapoint a minute. */
const datapointsKept = 1440;

const metricKey = (namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string =>
  `${namespace}/${name}/${Object.entries(dimensions)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([k, v]) => `${k}=${v}`)
    .join(",")}`;

/** Records a value; one a minute is kept, the latest, as with CloudWatch's standard resolution. */
export const putMetric = (
  aws: Aws,
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
  value: number,
): void => {
  const key = metricKey(namespace, name, dimensions);
  const timestamp = `${aws.now().toISOString().slice(0, 16)}:00Z`;
  const points = aws.runtime.metrics[key] ?? [];
  if (points.at(-1)?.timestamp === timestamp) points.pop();
  points.push({ timestamp, value });
  aws.runtime.metrics[key] = points.slice(-datapointsKept);
};

/** The value of an alarm on its latest datapoints. */
export const alarmState = (aws: Aws, name: string): "OK" | "ALARM" | "INSUFFICIENT_DATA" => {
  const alarm = metricAlarm.get(aws, name);
  if (!alarm) return "INSUFFICIENT_DATA";
  const {
    namespace,
    metricName,
    dimensions = {},
    evaluationPeriods,
    threshold,
    comparisonOperator,
  } = alarm.inputs;
  const points = aws.runtime.metrics[metricKey(namespace, metricName, dimensions)] ?? [];
  const window = points.slice(-evaluationPeriods);
  if (window.length === 0)
    return alarm.inputs.treatMissingData === "breaching"
      ? "ALARM"
      : alarm.inputs.treatMissingData === "notBreaching"
        ? "OK"
        : "INSUFFICIENT_DATA";
  const breaches = {
    GreaterThanOrEqualToThreshold: (v: number) => v >= threshold,
    GreaterThanThreshold: (v: number) => v > threshold,
    LessThanThreshold: (v: number) => v < threshold,
    LessThanOrEqualToThreshold: (v: number) => v <= threshold,
  }[comparisonOperator];
  const needed = alarm.inputs.datapointsToAlarm ?? evaluationPeriods;
  return window.filter((p) => breaches(p.value)).length >= needed ? "ALARM" : "OK";
};

const logGroupOf = (arn: string | undefined): string | undefined =>
  arn?.split(":log-group:")[1]?.replace(/:\*$/, "");

const tunnels = (aws: Aws, observed: ObservedNetwork): boolean => {
  let changed = false;
  for (const connection of vpnConnection.all(aws))
    for (const n of tunnelNumbers) {
      const outsideAddress = String(connection.outputs[`tunnel${n}Address`]);
      const seen = observed.tunnels.find((t) => t.outsideAddress === outsideAddress);
      if (!seen) continue;
      const dimensions = { VpnId: connection.id, TunnelIpAddress: outsideAddress };
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
  return changed;
};

const targets = (aws: Aws, observed: ObservedNetwork): boolean => {
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
};

/** Takes in what the data plane saw. Returns whether something changed state. */
export const observe = (aws: Aws, observed: ObservedNetwork): boolean => {
  const tunnelsChanged = tunnels(aws, observed);
  return targets(aws, observed) || tunnelsChanged;
};
