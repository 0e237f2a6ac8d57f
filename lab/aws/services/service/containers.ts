/** ECS: the containers of a task definition. API reference: RegisterTaskDefinition, ContainerDefinition. */
import { z } from "zod";
import { type ContainerDefinition, containerDefinition } from "../../control/model.ts";
import { AwsError, documented, guessed, type Provenance, reported } from "../../errors.ts";
import { parsedJson } from "../../values.ts";

/** The part of a task definition that the rules of its containers depend on. */
interface Task {
  readonly memory?: string | undefined;
  readonly networkMode?: string | undefined;
  readonly executionRoleArn?: string | undefined;
  readonly volumes?: readonly { readonly name: string }[] | undefined;
}

export const clientException = (sentence: string, provenance: Provenance) =>
  new AwsError("ClientException", sentence, provenance);

export function containersOf(json: string): ContainerDefinition[] {
  const list = z.array(z.unknown()).safeParse(parsedJson(json));
  if (!list.success)
    throw clientException("ECS Task Definition container_definitions is invalid: not a JSON array", guessed);
  if (list.data.length === 0)
    throw clientException(
      "Container list cannot be empty.",
      reported("awsdocs/aws-cloudformation-user-guide#454"),
    );
  return list.data.map((one) => {
    const parsed = containerDefinition.safeParse(one);
    if (!parsed.success)
      throw clientException(
        `Invalid request provided: containerDefinitions: ${z.prettifyError(parsed.error)}`,
        guessed,
      );
    return parsed.data;
  });
}

export function checkContainer(container: ContainerDefinition, given: Task): void {
  const {
    name,
    memory,
    memoryReservation,
    portMappings,
    environment,
    secrets,
    mountPoints,
    logConfiguration,
  } = container;
  if (given.memory === undefined && memory === undefined && memoryReservation === undefined)
    throw clientException(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
      reported("aws/aws-cli#4453"),
    );
  if (memory !== undefined && memory < 4)
    throw clientException(
      `Invalid setting for container '${name}'. 'memory' must be at least 4 MiB.`,
      documented("Amazon ECS API, ContainerDefinition: memory"),
    );
  if (memory !== undefined && memoryReservation !== undefined && memory < memoryReservation)
    throw clientException(
      `Invalid setting for container '${name}'. The 'memory' must be greater than 'memoryReservation'.`,
      documented("Amazon ECS API, ContainerDefinition: memory"),
    );
  if (
    given.networkMode === "host" &&
    portMappings.some((p) => p.hostPort !== undefined && p.hostPort !== p.containerPort)
  )
    throw clientException(
      "When networkMode=host, the host ports and container ports in port mappings must match.",
      documented("Amazon ECS API, PortMapping: hostPort"),
    );
  if (given.networkMode === "none" && portMappings.length > 0)
    throw clientException(
      `When networkMode=none, port mappings for container '${name}' must be empty.`,
      documented("Amazon ECS API, RegisterTaskDefinition: networkMode"),
    );
  if (secrets.length > 0 && given.executionRoleArn === undefined)
    throw clientException(
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
      reported("fabfuel/ecs-deploy#87"),
    );
  const variables = environment.map((variable) => variable.name);
  const twice = secrets.find((secret, i) =>
    [...variables, ...secrets.slice(0, i).map((other) => other.name)].includes(secret.name),
  );
  if (twice)
    throw clientException(
      `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${twice.name}'.`,
      reported("dagster-io/dagster#11622"),
    );
  const volumes = new Set(given.volumes?.map((v) => v.name));
  const unmounted = mountPoints.find((m) => !volumes.has(m.sourceVolume));
  if (unmounted)
    throw clientException(`Unknown volume '${unmounted.sourceVolume}'.`, reported("ansible/ansible#35751"));
  const missing = ["awslogs-group", "awslogs-region"].filter(
    (o) => logConfiguration?.options[o] === undefined,
  );
  if (logConfiguration?.logDriver === "awslogs" && missing.length > 0)
    throw clientException(
      `Log driver awslogs requires options: ${missing.join(", ")}`,
      documented("Amazon ECS API, LogConfiguration: options"),
    );
}

export function checkPorts(containers: readonly ContainerDefinition[]): void {
  const seen = new Set<string>();
  for (const { portMappings } of containers)
    for (const { hostPort = 0, protocol } of portMappings) {
      const own = `${hostPort}/${protocol}`;
      if (hostPort !== 0 && seen.has(own))
        throw clientException(
          `${protocol.toUpperCase()} host port '${hostPort}' is mapped multiple times in task.`,
          reported("aws/amazon-ecs-agent#1220"),
        );
      seen.add(own);
    }
}
