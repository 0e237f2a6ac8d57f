import * as pulumi from "@pulumi/pulumi";
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

test.serial("a secret is a parameter by name or ARN, or a part of a secret in Secrets Manager", async (t) => {
  const secretArn = "arn:aws:secretsmanager:eu-west-1:210987654321:secret:redis-AbCdEf";
  const parameter = "arn:aws:ssm:eu-west-1:210987654321:parameter/hits/token";
  const { secrets } = await container({
    secrets: {
      A: "/hits/token",
      B: parameter,
      C: secretArn,
      D: { secretArn },
      E: { secretArn: pulumi.output(secretArn), jsonKey: "password" },
      F: { secretArn, versionStage: "AWSPREVIOUS" },
      G: { secretArn, jsonKey: "password", versionId: "0a1b" },
    },
  });
  t.deepEqual(
    secrets.map(({ valueFrom }: { valueFrom: string }) => valueFrom),
    [
      "arn:aws:ssm:us-east-1:123456789012:parameter/hits/token",
      parameter,
      secretArn,
      secretArn,
      `${secretArn}:password::`,
      `${secretArn}::AWSPREVIOUS:`,
      `${secretArn}:password::0a1b`,
    ],
  );
});

test.serial("the image of a private registry is pulled with credentials", async (t) => {
  const secretArn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:registry-AbCdEf";
  const { repositoryCredentials } = await container({
    image: "registry.example.com/redis:7",
    registryCredentials: secretArn,
  });
  t.deepEqual(repositoryCredentials, { credentialsParameter: secretArn });
});
