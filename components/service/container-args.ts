/** The container of a service, and what ECS would refuse of it. */
import type * as pulumi from "@pulumi/pulumi";
import type { ServiceNetwork } from "../../limits/service/host-ports.ts";

/** A folder of the node inside the container. */
export interface HostVolume {
  /** Absolute path on the node; made by Docker if missing, kept over restarts. */
  readonly hostPath: pulumi.Input<string>;
  readonly containerPath: pulumi.Input<string>;
  readonly readOnly: boolean;
}

/** How Docker finds out whether the container works. */
export interface ContainerHealthCheck {
  /** Program and arguments, run inside the container; exit status 0 means healthy. */
  readonly command: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  /** Failures in this time after the start do not count. */
  readonly startPeriodSeconds: number;
}

/** The container of a service. */
export interface ContainerArgs {
  /** With its tag or digest. */
  readonly image: pulumi.Input<string>;
  /** Instead of the image's own. */
  readonly command?: readonly pulumi.Input<string>[] | undefined;
  /** Hard limit: above it the container is killed. At least 6. */
  readonly memoryMiB: pulumi.Input<number>;
  /** Share of CPU under contention; 1024 is one core. */
  readonly cpuUnits: pulumi.Input<number>;
  readonly network: ServiceNetwork;
  readonly volumes: Readonly<Record<string, HostVolume>>;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** Environment variable → name of an SSM parameter of the same region, for example `/hits/token`. */
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
  readonly healthCheck?: ContainerHealthCheck | undefined;
}
