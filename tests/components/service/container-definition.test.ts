import test from "ava";
import type { ExternalServiceArgs } from "../../../components/service/external-service.ts";
import type { ServiceNetwork } from "../../../limits/service/host-ports.ts";
import { built } from "../cloud.ts";
import { redis } from "./redis.ts";

const container = async (over: Partial<ExternalServiceArgs>) => {
  const { json } = await built(() => redis(over));
  const definitions = json("TaskDefinition", "redis-task", "containerDefinitions");
  if (!Array.isArray(definitions) || definitions.length !== 1) throw new Error("not one container");
  return definitions[0];
};

const logConfiguration = {
  logDriver: "awslogs",
  options: {
    "awslogs-group": "/ecs/hybrid-test/services/redis",
    "awslogs-region": "us-east-1",
    "awslogs-stream-prefix": "redis",
    mode: "non-blocking",
    "max-buffer-size": "4m",
  },
};

test.serial("the container has what the arguments say, in alphabetical order", async (t) => {
  t.deepEqual(
    await container({
      command: ["redis-server", "--appendonly", "yes"],
      environment: { ZONE: "kitchen", APPEND: "yes" },
      secrets: { TOKEN: "/hits/token", PASSWORD: "/hits/password" },
      volumes: { data: { hostPath: "/srv/redis", containerPath: "/data", readOnly: false } },
      healthCheck: {
        command: ["redis-cli", "ping"],
        intervalSeconds: 30,
        timeoutSeconds: 5,
        retries: 3,
        startPeriodSeconds: 10,
      },
    }),
    {
      name: "redis",
      image: "public.ecr.aws/docker/library/redis:7",
      essential: true,
      cpu: 128,
      memory: 64,
      command: ["redis-server", "--appendonly", "yes"],
      portMappings: [{ hostPort: 6379, containerPort: 6379, protocol: "tcp" }],
      mountPoints: [{ sourceVolume: "data", containerPath: "/data", readOnly: false }],
      environment: [
        { name: "APPEND", value: "yes" },
        { name: "ZONE", value: "kitchen" },
      ],
      secrets: [
        { name: "PASSWORD", valueFrom: "arn:aws:ssm:us-east-1:123456789012:parameter/hits/password" },
        { name: "TOKEN", valueFrom: "arn:aws:ssm:us-east-1:123456789012:parameter/hits/token" },
      ],
      linuxParameters: { initProcessEnabled: true },
      logConfiguration,
      healthCheck: {
        command: ["CMD", "redis-cli", "ping"],
        interval: 30,
        timeout: 5,
        retries: 3,
        startPeriod: 10,
      },
    },
  );
});

test.serial("on the node's own network, container and host port are one", async (t) => {
  const network: ServiceNetwork = { mode: "host", ports: [8080, 9090] };
  const { child, component, json } = await built(() => redis({ network }));
  t.is(child("TaskDefinition", "redis-task").inputs.networkMode, "host");
  t.like(json("TaskDefinition", "redis-task", "containerDefinitions"), [
    {
      portMappings: [
        { hostPort: 8080, containerPort: 8080, protocol: "tcp" },
        { hostPort: 9090, containerPort: 9090, protocol: "tcp" },
      ],
    },
  ]);
  t.deepEqual(component.hostPorts, [
    { port: 8080, protocol: "tcp" },
    { port: 9090, protocol: "tcp" },
  ]);
});
