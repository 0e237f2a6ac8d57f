import type { Account } from "./account.ts";
import { type Case, held, refuses } from "./refusal.ts";

const external =
  (more: object, container: object = {}) =>
  (a: Account) =>
    a.taskDefinition([a.container({ ...container })], { ...more });

const cases: Case[] = [
  [
    "awsvpc outside AWS",
    external({ networkMode: "awsvpc" }),
    "api error ClientException: External compatible task definitions do not support networkMode 'awsvpc'.",
  ],
  [
    "EFS outside AWS",
    external({ volumes: [{ name: "data", efsVolumeConfiguration: { fileSystemId: "fs-1" } }] }),
    "api error ClientException: External compatible task definitions do not support the volume 'data'.",
  ],
  [
    "a container without memory",
    external({}, { memory: undefined }),
    "api error ClientException: Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
  ],
  [
    "a different host port in host mode",
    external({ networkMode: "host" }, { portMappings: [{ containerPort: 80, hostPort: 8080 }] }),
    "api error ClientException: When networkMode=host, the host ports and container ports in port mappings must match.",
  ],
  [
    "secrets without an execution role",
    external({}, { secrets: [{ name: "TOKEN", valueFrom: "/hits/token" }] }),
    "api error ClientException: When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
  ],
  [
    "a secret with the name of a variable",
    (a) =>
      a.taskDefinition(
        [
          a.container({
            environment: [{ name: "TOKEN", value: "1" }],
            secrets: [{ name: "TOKEN", valueFrom: "/hits/token" }],
          }),
        ],
        { executionRoleArn: "arn:aws:iam::123456789012:role/app-execution" },
      ),
    "api error ClientException: The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'TOKEN'.",
  ],
  [
    "a role that does not exist",
    external({ taskRoleArn: "arn:aws:iam::123456789012:role/nobody" }),
    "api error ClientException: Role is not valid",
  ],
  [
    "a mount of a volume that does not exist",
    external({}, { mountPoints: [{ sourceVolume: "data", containerPath: "/data" }] }),
    "api error ClientException: Unknown volume 'data'.",
  ],
  [
    "awslogs without a Region",
    external({}, { logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/hits" } } }),
    "api error ClientException: Log driver awslogs requires options: awslogs-region",
  ],
  ["a service in no cluster", (a) => a.service(), "api error ClusterNotFoundException: Cluster not found."],
  ...(
    [
      ["loadBalancers", [{}], "Load balancers"],
      ["capacityProviderStrategies", [{}], "Capacity providers"],
      ["serviceRegistries", {}, "Service registries"],
      ["networkConfiguration", {}, "Network configuration"],
      ["serviceConnectConfiguration", {}, "Service Connect"],
    ] as const
  ).map(
    ([key, value, name]): Case => [
      `${name} outside AWS`,
      (a) => {
        a.cluster();
        a.service({ [key]: value });
      },
      `api error InvalidParameterException: ${name} are not supported for launch type EXTERNAL.`,
    ],
  ),
  [
    "a service of a task definition for EC2",
    (a) => {
      a.cluster();
      a.service({ taskDefinition: a.taskDefinition([a.container()], { requiresCompatibilities: ["EC2"] }) });
    },
    "api error InvalidParameterException: Task definition does not support launch_type EXTERNAL.",
  ],
  [
    "percentages that block deployments",
    (a) => {
      a.cluster();
      a.service({ deploymentMinimumHealthyPercent: 100, deploymentMaximumPercent: 100 });
    },
    "api error InvalidParameterException: Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
  ],
  [
    "a constraint that ECS cannot parse",
    (a) => {
      a.cluster();
      a.service({ placementConstraints: [{ type: "memberOf", expression: "redis = true" }] });
    },
    "api error InvalidParameterException: The placement constraint expression 'redis = true' is not valid.",
  ],
  [
    "the same service twice",
    (a) => {
      a.cluster();
      a.service();
      a.service();
    },
    "api error InvalidParameterException: Creation of service was not idempotent.",
  ],
];

refuses(cases);

held(
  "a cluster with a service",
  (a) => {
    const id = a.cluster();
    a.service();
    return () => a.drop("cluster", id);
  },
  /^api error ClusterContainsServicesException: The Cluster cannot be deleted while Services are active\.$/,
);
