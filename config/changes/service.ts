import type { RowsOf } from "./row.ts";
import { permissions } from "./service/permissions.ts";

/** Every change of a container. */
const steps = ["replace TaskDefinition NAME-task", "update Service NAME-service"];

const rolling =
  "Without fixed host ports the new tasks start first; with them a node stops its task before it starts the new one.";
const port = { host: 8300, container: 80 } as const;
const data = { hostPath: "/var/lib/data", containerPath: "/data" } as const;
const healthCheck = { command: ["true"] };

export const service = {
  "services.NAME": {
    effect: "added and removed",
    text: "The `up` waits until all tasks run. The logs of a removed service are deleted. A new service that takes over the host port of a removed one needs `formerly`; one that is there gets the port in a second `up`.",
    from: { services: { NAME: undefined } },
    to: { services: { NAME: {} } },
    steps: [
      "create LogGroup NAME-logs",
      "create Role NAME-*",
      "create RolePolicy NAME-*",
      "create Service NAME-service",
      "create TaskDefinition NAME-task",
    ],
  },
  "services.NAME.image": {
    effect: "new tasks",
    text: rolling,
    to: { services: { NAME: { image: "registry.home.arpa/web:2" } } },
    steps,
  },
  "services.NAME.command": {
    effect: "new tasks",
    text: rolling,
    to: { services: { NAME: { command: ["serve", "--verbose"] } } },
    steps,
  },
  "services.NAME.memoryMiB": {
    effect: "new tasks",
    text: rolling,
    to: { services: { NAME: { memoryMiB: 32 } } },
    steps,
  },
  "services.NAME.cpuUnits": {
    effect: "new tasks",
    text: rolling,
    to: { services: { NAME: { cpuUnits: 64 } } },
    steps,
  },
  "services.NAME.desiredCount": {
    effect: "in place",
    text: "Tasks are started or stopped; the others run on.",
    to: { services: { NAME: { desiredCount: 2 } } },
    steps: ["update Service NAME-service"],
  },
  "services.NAME.network.mode": {
    effect: "new tasks",
    text: rolling,
    to: { services: { NAME: { network: { mode: "none" } } } },
    steps,
  },
  "services.NAME.network.ports": {
    effect: "new tasks",
    text: "With a first port the service has one task per node, and deployments stop the old task first.",
    to: { services: { NAME: { network: { mode: "bridge", ports: [{ host: 8200, container: 80 }] } } } },
    steps,
  },
  "services.NAME.network.ports[].host": {
    effect: "new tasks",
    text: "Load balancers in front of it get a new target group. A port that another service gives up in the same `up` is not free yet.",
    from: { services: { NAME: { network: { mode: "bridge", ports: [{ host: 8301, container: 80 }] } } } },
    to: { services: { NAME: { network: { mode: "bridge", ports: [{ host: 8302, container: 80 }] } } } },
    steps,
  },
  "services.NAME.network.ports[].container": {
    effect: "new tasks",
    text: "A node stops its task before it starts the new one.",
    from: { services: { NAME: { network: { mode: "bridge", ports: [{ ...port, host: 8311 }] } } } },
    to: { services: { NAME: { network: { mode: "bridge", ports: [{ host: 8311, container: 81 }] } } } },
    steps,
  },
  "services.NAME.network.ports[].protocol": {
    effect: "new tasks",
    text: "A node stops its task before it starts the new one.",
    from: { services: { NAME: { network: { mode: "bridge", ports: [{ ...port, host: 8321 }] } } } },
    to: {
      services: { NAME: { network: { mode: "bridge", ports: [{ ...port, host: 8321, protocol: "udp" }] } } },
    },
    steps,
  },
  "services.NAME.placement.attributes": {
    effect: "in place",
    text: "Tasks that run on other nodes are moved by a deployment.",
    to: { services: { NAME: { placement: { attributes: { disk: "ssd" } } } } },
    steps: ["update Service NAME-service"],
  },
  "services.NAME.placement.distinctInstance": {
    effect: "in place",
    text: "Tasks that share a node are moved by a deployment.",
    to: { services: { NAME: { placement: { distinctInstance: true } } } },
    steps: ["update Service NAME-service"],
  },
  "services.NAME.volumes.NAME": {
    effect: "new tasks",
    text: "The folder on the node stays, with its content.",
    to: { services: { NAME: { volumes: { data } } } },
    steps,
  },
  "services.NAME.volumes.NAME.hostPath": {
    effect: "new tasks",
    text: "The content of the former folder stays there.",
    from: { services: { NAME: { volumes: { data } } } },
    to: { services: { NAME: { volumes: { data: { ...data, hostPath: "/srv/data" } } } } },
    steps,
  },
  "services.NAME.volumes.NAME.containerPath": {
    effect: "new tasks",
    text: rolling,
    from: { services: { NAME: { volumes: { data } } } },
    to: { services: { NAME: { volumes: { data: { ...data, containerPath: "/srv" } } } } },
    steps,
  },
  "services.NAME.volumes.NAME.readOnly": {
    effect: "new tasks",
    text: "Of a service that may write to a folder, a node stops the task before it starts the new one.",
    from: { services: { NAME: { volumes: { data } } } },
    to: { services: { NAME: { volumes: { data: { ...data, readOnly: true } } } } },
    steps,
  },
  "services.NAME.environment": {
    effect: "new tasks",
    text: rolling,
    to: { services: { NAME: { environment: { LOG_LEVEL: "debug" } } } },
    steps,
  },
  ...permissions,
  "services.NAME.healthCheck": {
    effect: "new tasks",
    text: rolling,
    to: { services: { NAME: { healthCheck } } },
    steps,
  },
  "services.NAME.healthCheck.command": {
    effect: "new tasks",
    text: rolling,
    from: { services: { NAME: { healthCheck } } },
    to: { services: { NAME: { healthCheck: { command: ["curl", "--fail", "http://127.0.0.1/"] } } } },
    steps,
  },
  "services.NAME.healthCheck.intervalSeconds": {
    effect: "new tasks",
    text: rolling,
    from: { services: { NAME: { healthCheck } } },
    to: { services: { NAME: { healthCheck: { ...healthCheck, intervalSeconds: 10 } } } },
    steps,
  },
  "services.NAME.healthCheck.timeoutSeconds": {
    effect: "new tasks",
    text: rolling,
    from: { services: { NAME: { healthCheck } } },
    to: { services: { NAME: { healthCheck: { ...healthCheck, timeoutSeconds: 10 } } } },
    steps,
  },
  "services.NAME.healthCheck.retries": {
    effect: "new tasks",
    text: rolling,
    from: { services: { NAME: { healthCheck } } },
    to: { services: { NAME: { healthCheck: { ...healthCheck, retries: 5 } } } },
    steps,
  },
  "services.NAME.healthCheck.startPeriodSeconds": {
    effect: "new tasks",
    text: rolling,
    from: { services: { NAME: { healthCheck } } },
    to: { services: { NAME: { healthCheck: { ...healthCheck, startPeriodSeconds: 20 } } } },
    steps,
  },
  "services.NAME.formerly": {
    effect: "replaced",
    text: "The service's tasks stop before those under the new name start, and its logs begin again.",
    from: { services: { NAME: { formerly: "NAME-new" } } },
    to: { services: { NAME: undefined, "NAME-new": { formerly: "NAME" } } },
    steps: [
      "replace LogGroup NAME-new-logs",
      "replace Service NAME-new-service",
      "replace TaskDefinition NAME-new-task",
      "replace RolePolicy NAME-new-*",
      "update Role NAME-new-*",
    ],
    back: [
      "replace LogGroup NAME-logs",
      "replace Service NAME-service",
      "replace TaskDefinition NAME-task",
      "replace RolePolicy NAME-*",
      "update Role NAME-*",
    ],
  },
} satisfies RowsOf<"services">;
