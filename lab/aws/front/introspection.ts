/** `/lab/…`: what the lab's checks and its user may see of the simulated AWS. Nothing of this exists on AWS. */
import { findManagedInstance } from "../control/managed-instances.ts";
import { healthOf } from "../control/tasks.ts";
import { alarmState } from "../control/telemetry.ts";
import type { Daemon } from "../daemon.ts";
import type { ObservedNetwork } from "../data-plane/contract.ts";
import { leftIn } from "../left.ts";
import { desiredNetwork } from "../network.ts";
import { metricAlarm } from "../services/observability/metric-alarm.ts";

const tunnels = ({ aws }: Daemon): ObservedNetwork["tunnels"] =>
  desiredNetwork(aws)
    .vpnConnections.flatMap((c) => c.tunnels)
    .map(({ outsideAddress }) => {
      const { up, statusMessage } = aws.runtime.tunnels[outsideAddress] ?? {
        up: false,
        statusMessage: "IPSEC IS DOWN",
      };
      return { outsideAddress, up, statusMessage };
    });

const targets = ({ aws }: Daemon): ObservedNetwork["targets"] =>
  desiredNetwork(aws).loadBalancers.flatMap((lb) =>
    lb.listeners.flatMap((l) =>
      l.targets.map(({ id, port }) => {
        const seen = aws.runtime.targets[`${l.targetGroupArn}|${id}:${port}`];
        const state = seen === undefined || seen.state === "unused" ? "initial" : seen.state;
        const reason = seen?.reason;
        return {
          targetGroupArn: l.targetGroupArn,
          id,
          port,
          state,
          ...(reason === undefined ? {} : { reason }),
        };
      }),
    ),
  );

const tasks = ({ aws }: Daemon) =>
  Object.values(aws.runtime.ecs.tasks).map((t) => {
    const instance = aws.runtime.ecs.instances[t.containerInstanceArn];
    const managed = aws.runtime.managedInstances[instance?.ec2InstanceId ?? ""];
    return {
      taskArn: t.arn,
      service: t.group.replace(/^service:/, ""),
      managedInstanceId: instance?.ec2InstanceId ?? "",
      computerName: managed
        ? (findManagedInstance(aws, managed.instanceId).information.ComputerName ?? "")
        : "",
      lastStatus: t.lastStatus,
      healthStatus: healthOf(t),
      desiredStatus: t.desiredStatus,
      stoppedReason: t.stoppedReason,
    };
  });

type View = (daemon: Daemon) => unknown;

const views: Readonly<Record<string, View>> = {
  tunnels,
  targets,
  tasks,
  /** `type id` of every resource in the account. */
  resources: ({ aws }) => aws.resources().map((r) => `${r.type} ${r.id}`),
  /** Everything that the account holds, and what AWS shows for some time yet. */
  left: ({ aws }) => leftIn(aws),
  alarms: ({ aws }) => metricAlarm.all(aws).map(({ id }) => ({ name: id, state: alarmState(aws, id) })),
  services: ({ aws }) => Object.values(aws.runtime.ecs.services),
  instances: ({ aws }) => Object.values(aws.runtime.ecs.instances),
  "managed-instances": ({ aws }) => Object.values(aws.runtime.managedInstances),
  parameters: ({ aws }) => aws.runtime.parameters,
  "desired-network": ({ aws }) => desiredNetwork(aws),
  state: ({ aws }) => aws.toJSON(),
};

/** Returns a view by its name, or undefined. */
export const view = (daemon: Daemon, name: string): unknown => views[name]?.(daemon);
