import * as pulumi from "@pulumi/pulumi";
import { type Problem, refuse, when } from "../shared/errors.ts";

/** How containers meet their node's network. What ECS has besides (`awsvpc`) does not exist outside AWS. */
export type ServiceNetwork =
  | {
      /** Docker's bridge: container ports that are published on the node. */
      readonly mode: "bridge";
      readonly ports: readonly {
        readonly host: number;
        readonly container: number;
        readonly protocol: "tcp" | "udp";
      }[];
    }
  | {
      /** The node's own network; `ports` are those that the container listens on, by TCP. */
      readonly mode: "host";
      readonly ports: readonly number[];
    }
  | { readonly mode: "none" };

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

/** A port of the node that a container takes. */
export interface HostPort {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}

/** Where a container's output goes. */
export interface LogTarget {
  readonly group: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
}

/** sshd, Docker and the ECS agent: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html */
const reservedPorts = [22, 2375, 2376, 51678, 51679];

/** Why a task cannot have a port of its node. */
export function hostPortProblems(field: string, port: number): readonly Problem[] {
  return when(reservedPorts.includes(port), {
    field,
    value: String(port),
    rule: `must not be one of ${reservedPorts.join(", ")}, which sshd, Docker and the ECS agent use`,
    remedy: "choose another host port",
  });
}

/** Why a task cannot have the ports of its node together. */
export function portsProblems(field: string, network: ServiceNetwork): readonly Problem[] {
  const named = portsOf(network).map(({ protocol, port }) => `${protocol}/${port}`);
  return when(new Set(named).size < named.length, {
    field: `${field}.ports`,
    value: named.find((port, i) => named.indexOf(port) < i) ?? "",
    rule: "a host port is given twice",
    remedy: "choose another host port for one of them",
  });
}

/**
 * The ports of a node that each task of a service takes.
 *
 * @param field path of the network, for errors
 * @throws RunError when a port is reserved or taken twice
 */
export function hostPorts(field: string, network: ServiceNetwork): readonly HostPort[] {
  const ports = portsOf(network);
  refuse([
    ...ports.flatMap(({ port }) => hostPortProblems(`${field}.ports`, port)),
    ...portsProblems(field, network),
  ]);
  return ports;
}

/** The ports of a node that each task takes. */
export function portsOf(network: ServiceNetwork): readonly HostPort[] {
  switch (network.mode) {
    case "bridge":
      return network.ports.map(({ host, protocol }) => ({ port: host, protocol }));
    case "host":
      return network.ports.map((port) => ({ port, protocol: "tcp" }));
    case "none":
      return [];
  }
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
 * The one container of a task, as ECS's JSON: a list with one entry. Keys of records are put in alphabetical order, so
 * that their order in a file makes no new revision.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 *
 * @param secretArns by environment variable
 */
export function containerDefinitions(
  name: string,
  args: ContainerArgs,
  secretArns: Readonly<Record<string, pulumi.Input<string>>>,
  logs: LogTarget,
): pulumi.Output<string> {
  return pulumi.jsonStringify([
    {
      name,
      image: args.image,
      essential: true,
      cpu: args.cpuUnits,
      memory: args.memoryMiB,
      command: args.command,
      portMappings: portMappings(args.network),
      mountPoints: sorted(args.volumes).map(([volume, { containerPath, readOnly }]) => ({
        sourceVolume: volume,
        containerPath,
        readOnly,
      })),
      environment: sorted(args.environment).map(([key, value]) => ({ name: key, value })),
      secrets: sorted(secretArns).map(([key, valueFrom]) => ({ name: key, valueFrom })),
      // Reaps what an ECS Exec session leaves behind.
      linuxParameters: { initProcessEnabled: true },
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": logs.group,
          "awslogs-region": logs.region,
          "awslogs-stream-prefix": name,
          // A site that has lost its way to AWS must not stop its containers at the next line of output.
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

/** Why ECS would take a health check's command for something else than a program. */
export function healthCommandProblems(field: string, command: readonly string[]): readonly Problem[] {
  const [program] = command;
  return when(program === undefined || ["CMD", "CMD-SHELL", "NONE"].includes(program), {
    field,
    value: JSON.stringify(command),
    rule: "must be a program with its arguments, as it is run inside the container",
    remedy: 'write for example ["redis-cli", "ping"] or ["sh", "-c", "…"]',
  });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html */
export function parameterProblems(field: string, parameter: string): readonly Problem[] {
  return when(!/^(\/[A-Za-z0-9_.-]+)+$/.test(parameter), {
    field,
    value: parameter,
    rule: "must be the full name of an SSM parameter: parts of A-Z a-z 0-9 _ . - with a / before each",
    remedy: "write for example /hits/token",
  });
}

/** A record's entries by key. */
export function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
