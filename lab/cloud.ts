/** The simulated AWS for the lab's commands: starts it, and queries it over its local socket. */
import { request } from "node:http";
import { json } from "node:stream/consumers";
import type { PinnedInstaller } from "./agents/packages.ts";
import type { DesiredNetwork, ObservedNetwork } from "./aws/data-plane/contract.ts";
import type { DoorLog } from "./aws/front/doors.ts";
import type { Left } from "./aws/left.ts";
import { ca } from "./world/ca.ts";
import { paths } from "./world/paths.ts";
import { start } from "./world/process.ts";
import { until } from "./world/run.ts";
import { aws } from "./world/topology.ts";

/** Starts the simulated AWS, unless it runs; waits until it answers. */
export async function startCloud(): Promise<string> {
  const program = new URL("aws/main.ts", import.meta.url).pathname;
  start(
    "aws",
    [
      process.execPath,
      program,
      ...["--state", paths.aws, "--socket", paths.awsSocket, "--endpoints-socket", paths.endpointsSocket],
      ...["--address", aws.address],
      ...["--certificate", ca.serverCertificate, "--key", ca.serverKey],
      ...["--registry", paths.registry, "--mirror", paths.mirror],
    ],
    { netns: aws.netns },
  );
  const answers = () =>
    cloud.tunnels().then(
      () => true,
      () => undefined,
    );
  await until(answers, () => new Error(`aws: does not answer; look into ${paths.log}/aws.log`), {
    seconds: 20,
  });
  return `answers at ${aws.address}`;
}

function ask<T>(path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    request({ socketPath: paths.awsSocket, path, timeout: 5000 }, (response) => {
      json(response).then((body) => resolve(body as T), reject);
    })
      .on("error", reject)
      .end();
  });
}

export interface RunningTask {
  readonly taskArn: string;
  /** Name of the service. */
  readonly service: string;
  /** Managed instance id of its node. */
  readonly managedInstanceId: string;
  readonly lastStatus: string;
  /** The result of its container's health check; UNKNOWN without one. */
  readonly healthStatus: "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
}

export interface RegisteredNode {
  readonly status: string;
  readonly agentConnected: boolean;
  /** ISO 8601. */
  readonly lastPoll: string;
  /** Managed instance id. */
  readonly ec2InstanceId: string;
}

export const cloud = {
  /** The SHA-256 that pins the stand-in for AWS's installer. */
  installer: () => ask<PinnedInstaller>("/lab/installer"),
  tunnels: () => ask<ObservedNetwork["tunnels"]>("/lab/tunnels"),
  targets: () => ask<ObservedNetwork["targets"]>("/lab/targets"),
  /** Returns the content of the account: `type id` of every resource. */
  resources: () => ask<readonly string[]>("/lab/resources"),
  /** Returns everything that the account holds, and what AWS shows for some time yet. */
  left: () => ask<Left>("/lab/left"),
  instances: () => ask<readonly RegisteredNode[]>("/lab/instances"),
  /** Returns the ids of the machines that are registered with Systems Manager. */
  managedInstances: async () =>
    (await ask<readonly { readonly instanceId: string }[]>("/lab/managed-instances")).map(
      ({ instanceId }) => instanceId,
    ),
  /** Returns the network that the account should have. */
  network: () => ask<DesiredNetwork>("/lab/desired-network"),
  /** Returns which way each call came since the simulated AWS started. */
  passages: () => ask<ReturnType<DoorLog["seen"]>>("/lab/passages"),
  tasks: () => ask<readonly RunningTask[]>("/lab/tasks"),
  /** Parameter Store, by name. */
  parameters: () => ask<Readonly<Record<string, { readonly value: string } | undefined>>>("/lab/parameters"),
};
