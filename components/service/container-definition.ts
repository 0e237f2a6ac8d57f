/** The container of a service: its arguments, and the definition that ECS gets. */
import * as pulumi from "@pulumi/pulumi";
import type { ServiceNetwork } from "../../limits/service/host-ports.ts";
import { sortedEntries } from "../../records.ts";
import type { SecretReference, ServiceSecret } from "./secrets.ts";

/** A folder of the node inside the container. */
export interface HostVolume {
  /** Absolute path on the node. Docker creates it if it is missing, and it keeps its content over restarts. */
  readonly hostPath: pulumi.Input<string>;
  readonly containerPath: pulumi.Input<string>;
  readonly readOnly: boolean;
}

/** How Docker checks whether the container works. */
export interface ContainerHealthCheck {
  /** Program and arguments, run inside the container; exit status 0 means healthy. */
  readonly command: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  /** Failures during this time after the start do not count. */
  readonly startPeriodSeconds: number;
}

/** The container of a service. */
export interface ContainerArgs {
  /** With its tag or digest. */
  readonly image: pulumi.Input<string>;
  /** Replaces the image's own. */
  readonly command?: readonly pulumi.Input<string>[] | undefined;
  /** Hard limit, at least 6: the container is killed above it. */
  readonly memoryMiB: pulumi.Input<number>;
  /** Share of CPU under contention; 1024 is one core. */
  readonly cpuUnits: pulumi.Input<number>;
  readonly network: ServiceNetwork;
  readonly volumes: Readonly<Record<string, HostVolume>>;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** By environment variable. */
  readonly secrets: Readonly<Record<string, ServiceSecret>>;
  /**
   * ARN of a secret in Secrets Manager with `username` and `password`, by which the image is pulled from a private registry.
   * External instances take it: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
   */
  readonly registryCredentials?: pulumi.Input<string> | undefined;
  readonly healthCheck?: ContainerHealthCheck | undefined;
}

/** The destination of a container's output. */
export interface LogTarget {
  readonly group: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
}

function portMappings(network: ServiceNetwork) {
  switch (network.mode) {
    case "bridge":
      return network.ports.map(({ host, container, protocol }) => ({
        hostPort: host,
        containerPort: container,
        protocol,
      }));
    case "host":
      return network.ports.map((port) => ({ hostPort: port, containerPort: port, protocol: "tcp" }));
    case "none":
      return [];
  }
}

/**
 * Returns the one container of a task as ECS's JSON: a list with one entry. Records are in alphabetical order, so that
 * a change of their order in a file creates no new revision.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 *
 * @param secrets by environment variable
 */
export function containerDefinitions(
  name: string,
  args: ContainerArgs,
  secrets: Readonly<Record<string, SecretReference>>,
  logs: LogTarget,
): pulumi.Output<string> {
  return pulumi.jsonStringify([
    {
      name,
      image: args.image,
      repositoryCredentials: args.registryCredentials && { credentialsParameter: args.registryCredentials },
      essential: true,
      cpu: args.cpuUnits,
      memory: args.memoryMiB,
      command: args.command,
      portMappings: portMappings(args.network),
      mountPoints: sortedEntries(args.volumes).map(([volume, { containerPath, readOnly }]) => ({
        sourceVolume: volume,
        containerPath,
        readOnly,
      })),
      environment: sortedEntries(args.environment).map(([key, value]) => ({ name: key, value })),
      secrets: sortedEntries(secrets).map(([key, { valueFrom }]) => ({ name: key, valueFrom })),
      // Reaps the processes that an ECS Exec session leaves behind.
      linuxParameters: { initProcessEnabled: true },
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": logs.group,
          "awslogs-region": logs.region,
          "awslogs-stream-prefix": name,
          // The containers must not block at their next line of output while AWS cannot be reached.
          mode: "non-blocking",
          "max-buffer-size": "4m",
        },
      },
      healthCheck: args.healthCheck && {
        command: ["CMD", ...args.healthCheck.command],
        interval: args.healthCheck.intervalSeconds,
        timeout: args.healthCheck.timeoutSeconds,
        retries: args.healthCheck.retries,
        startPeriod: args.healthCheck.startPeriodSeconds,
      },
    },
  ]);
}
