import test from "ava";
import type { ExternalServiceArgs } from "../../../components/service/external-service.ts";
import type { ServiceNetwork } from "../../../limits/service/host-ports.ts";
import { valueOfOutput } from "../../support/mocks.ts";
import { type Assignable, built, failure, tagged } from "../cloud.ts";
import { redis } from "./redis.ts";

test.serial("it has a task definition, a service, two roles and a log group", async (t) => {
  const { names, children } = await built(() => redis());
  t.deepEqual(
    names.filter((name) => name.includes(" redis-")),
    [
      "LogGroup redis-logs",
      "Role redis-execution",
      "Role redis-task",
      "RolePolicy redis-execution",
      "RolePolicy redis-task",
      "Service redis-service",
      "TaskDefinition redis-task",
    ],
  );
  const own = children.filter(({ name }) => name.startsWith("redis-"));
  t.true(own.every(({ parent }) => parent.endsWith("::hybrid:service:ExternalService::redis")));
});

test.serial("a service with a fixed host port stops the old task before it starts the new one", async (t) => {
  const { child, component } = await built(() => redis());
  const definition = child("TaskDefinition", "redis-task");
  const own = child("Service", "redis-service");
  t.deepEqual(own.inputs, {
    name: "redis",
    cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/hybrid-test",
    taskDefinition: definition.state.arn,
    launchType: "EXTERNAL",
    schedulingStrategy: "REPLICA",
    desiredCount: 1,
    placementConstraints: [{ type: "memberOf", expression: "attribute:hybrid.stack == hybrid-test" }],
    deploymentMinimumHealthyPercent: 0,
    deploymentMaximumPercent: 100,
    deploymentCircuitBreaker: { enable: true, rollback: true },
    enableExecuteCommand: true,
    enableEcsManagedTags: true,
    propagateTags: "SERVICE",
    waitForSteadyState: true,
    tags: tagged("redis-service"),
  });
  t.true(own.deleteBeforeReplace);
  const waitsFor = own.dependencies.map((urn) => urn.slice(urn.lastIndexOf("$") + 1));
  t.true(waitsFor.includes("aws:iam/rolePolicy:RolePolicy::redis-execution"));
  t.true(waitsFor.includes("aws:iam/rolePolicy:RolePolicy::redis-task"));
  t.is(await valueOfOutput(component.serviceName), "redis");
  t.is(await valueOfOutput(component.serviceArn), String(own.state.arn));
  t.is(await valueOfOutput(component.taskDefinitionArn), String(definition.state.arn));
  t.is(await valueOfOutput(component.logGroupName), "/ecs/hybrid-test/services/redis");
  t.is(await valueOfOutput(component.taskRoleName), String(child("Role", "redis-task").state.name));
  t.is(await valueOfOutput(component.executionRoleName), String(child("Role", "redis-execution").state.name));
  t.is(await valueOfOutput(component.taskDefinition.family), "hybrid-test-redis");
  t.deepEqual(component.hostPorts, [{ port: 6379, protocol: "tcp" }]);
});

test.serial("the task definition is for nodes outside AWS only", async (t) => {
  const { child } = await built(() => redis());
  const { containerDefinitions: _, ...inputs } = child("TaskDefinition", "redis-task").inputs;
  t.deepEqual(inputs, {
    family: "hybrid-test-redis",
    requiresCompatibilities: ["EXTERNAL"],
    networkMode: "bridge",
    executionRoleArn: child("Role", "redis-execution").state.arn,
    taskRoleArn: child("Role", "redis-task").state.arn,
    volumes: [],
    tags: tagged("redis-task"),
  });
});

test.serial("without a network there are no ports, and old and new tasks overlap", async (t) => {
  const { child, component, json } = await built(() => redis({ network: { mode: "none" }, desiredCount: 3 }));
  t.is(child("TaskDefinition", "redis-task").inputs.networkMode, "none");
  t.like(json("TaskDefinition", "redis-task", "containerDefinitions"), [{ portMappings: [] }]);
  t.deepEqual(component.hostPorts, []);
  t.like(child("Service", "redis-service").inputs, {
    desiredCount: 3,
    deploymentMinimumHealthyPercent: 100,
    deploymentMaximumPercent: 200,
  });
});

const noPorts: ServiceNetwork = { mode: "bridge", ports: [] };
const volume = (readOnly: boolean) => ({
  data: { hostPath: "/srv/data", containerPath: "/data", readOnly },
});
const percents: [name: string, over: Partial<ExternalServiceArgs>, minimum: number, maximum: number][] = [
  ["no ports", { network: noPorts }, 100, 200],
  ["host ports", {}, 0, 100],
  ["one task per node", { network: noPorts, placement: { attributes: {}, distinctInstance: true } }, 0, 100],
  ["a folder that it writes", { network: noPorts, volumes: volume(false) }, 0, 100],
  ["a folder that it only reads", { network: noPorts, volumes: volume(true) }, 100, 200],
];
for (const [name, over, minimum, maximum] of percents) {
  test.serial(`a deployment of a service with ${name} keeps ${minimum} to ${maximum} %`, async (t) => {
    const { child } = await built(() => redis(over));
    t.like(child("Service", "redis-service").inputs, {
      deploymentMinimumHealthyPercent: minimum,
      deploymentMaximumPercent: maximum,
    });
  });
}

test.serial("it is placed by attributes, and once per node", async (t) => {
  const placement = { attributes: { redis: "true" }, distinctInstance: true };
  const { child } = await built(() => redis({ placement }));
  t.deepEqual(child("Service", "redis-service").inputs.placementConstraints, [
    { type: "memberOf", expression: "attribute:hybrid.stack == hybrid-test and attribute:redis == true" },
    { type: "distinctInstance" },
  ]);
});

test.serial("folders of the node are volumes of the task", async (t) => {
  const { child } = await built(() => redis({ volumes: volume(true) }));
  t.deepEqual(child("TaskDefinition", "redis-task").inputs.volumes, [
    { name: "data", hostPath: "/srv/data" },
  ]);
});

test.serial("its log group is encrypted with the cluster's key", async (t) => {
  const { child } = await built(() => redis({ logRetentionDays: 7 }));
  t.deepEqual(child("LogGroup", "redis-logs").inputs, {
    name: "/ecs/hybrid-test/services/redis",
    kmsKeyId: child("Key", "home-key").state.arn,
    retentionInDays: 7,
    tags: tagged("redis-logs"),
  });
});

const nodes = {
  "pi-1": { attributes: {} },
  "pi-2": { attributes: { redis: "true" } },
};
const onRedis = { attributes: { redis: "true" }, distinctInstance: false };

test.serial("waiting for it is optional", async (t) => {
  const { child } = await built(() => redis({ waitForSteadyState: false, nodes, placement: onRedis }));
  t.is(child("Service", "redis-service").inputs.waitForSteadyState, false);
});

const bridge = (...ports: number[]): ServiceNetwork => ({
  mode: "bridge",
  ports: ports.map((host) => ({ host, container: 80, protocol: "tcp" })),
});
const secretArn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:redis-AbCdEf";
const inEcr = "123456789012.dkr.ecr.us-east-1.amazonaws.com/redis:7";
const check = { intervalSeconds: 30, timeoutSeconds: 5, retries: 3, startPeriodSeconds: 0 };
const refused: [over: Partial<ExternalServiceArgs>, message: string][] = [
  [
    { network: bridge(51678) },
    "redis.network.ports: 51678: must not be one of 22, 2375, 2376, 51678, 51679, which sshd, Docker and the ECS agent use; choose another host port",
  ],
  [
    { network: { mode: "host", ports: [22] } },
    "redis.network.ports: 22: must not be one of 22, 2375, 2376, 51678, 51679, which sshd, Docker and the ECS agent use; choose another host port",
  ],
  [
    { network: bridge(8080, 8080) },
    "redis.network.ports: tcp/8080: must be given once; choose another host port for one of them",
  ],
  [
    { nodes, placement: { attributes: { gpu: "yes" }, distinctInstance: false } },
    "redis.placement.attributes: gpu = yes: must match a node: otherwise the service could never start; give a node these attributes, or ask for fewer",
  ],
  [
    { nodes: {} },
    "redis.placement.attributes: {}: must match a node: otherwise the service could never start; add `node: {}` to a host, which makes it a node",
  ],
  [
    { nodes, placement: onRedis, desiredCount: 2 },
    "redis.desiredCount: 2: must be at most 1: with fixed host ports or distinctInstance there is one task per node, and these can run it: pi-2; lower desiredCount, or add nodes",
  ],
  [
    { placement: { attributes: { room: "living room" }, distinctInstance: false } },
    'redis.placement.attributes.room: "living room": must not be empty, or have a space or a backslash: the query language of ECS cannot compare it; choose another value, also on the nodes',
  ],
  [
    { memoryMiB: 4 },
    "redis.memoryMiB: 4: must be a whole number, at least 6: Docker takes no less for a container; raise it to 6 or more",
  ],
  [
    { environment: { TOKEN: "1" }, secrets: { TOKEN: "/hits/token" } },
    "redis.secrets: TOKEN: must not be in `environment`, too: ECS takes each name of a variable once; remove it from one of them",
  ],
  [
    { secrets: { TOKEN: "token" } },
    "redis.secrets.TOKEN: token: must be the full name of an SSM parameter: parts of A-Z a-z 0-9 _ . - with a / before each; write for example /hits/token",
  ],
  [
    {
      secrets: {
        TOKEN: { secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:x" },
      },
    },
    "redis.secrets.TOKEN.secretArn: arn:aws:secretsmanager:us-east-1:123456789012:secret:x: must be the whole ARN of a secret in Secrets Manager, with the six characters that AWS put behind its name; run `aws secretsmanager describe-secret --secret-id NAME --query ARN`, which prints it",
  ],
  [
    { secrets: { TOKEN: { secretArn, versionStage: "AWSCURRENT", versionId: "0a1b" } } },
    "redis.secrets.TOKEN: AWSCURRENT, 0a1b: must not have both versionStage and versionId: ECS takes one of them; remove one of them",
  ],
  [
    { secretsKeyArns: ["alias/secrets"] },
    "redis.secretsKeyArns.0: alias/secrets: must be the ARN of a KMS key, not of an alias: arn:aws:kms:REGION:ACCOUNT:key/ID; run `aws kms describe-key --key-id KEY --query KeyMetadata.Arn`, which prints it",
  ],
  [
    { image: inEcr, registryCredentials: secretArn },
    `redis.registryCredentials: ${inEcr}: must not be given for an image of ECR, which the service's execution role may pull; remove it`,
  ],
  [
    { registryCredentials: "docker-hub" },
    "redis.registryCredentials: docker-hub: must be the whole ARN of a secret in Secrets Manager, with the six characters that AWS put behind its name; run `aws secretsmanager describe-secret --secret-id NAME --query ARN`, which prints it",
  ],
  [
    { pullThroughCache: true },
    "redis.pullThroughCache: public.ecr.aws/docker/library/redis:7: must not be set for an image of another registry than ECR; name the image as the cache has it: ACCOUNT.dkr.ecr.REGION.amazonaws.com/PREFIX/REPOSITORY",
  ],
  [
    { healthCheck: { command: ["CMD-SHELL", "redis-cli ping"], ...check } },
    'redis.healthCheck.command: ["CMD-SHELL","redis-cli ping"]: must be a program with its arguments, as it is run inside the container; write for example ["redis-cli", "ping"] or ["sh", "-c", "…"]',
  ],
  [
    { logRetentionDays: 8 },
    "redis.logRetentionDays: 8: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653: CloudWatch Logs takes no other number of days; choose for example 14",
  ],
];
for (const [over, message] of refused) {
  test.serial(`refused: ${message}`, async (t) => {
    t.is(await failure(() => redis(over)), message);
  });
}

test("what EXTERNAL cannot do does not compile", (t) => {
  const awsvpc: Assignable<{ mode: "awsvpc" }, ServiceNetwork> = false;
  const hostWithMappings: Assignable<{ mode: "host"; ports: { host: number }[] }, ServiceNetwork> = false;
  const loadBalancers: Assignable<"loadBalancers", keyof ExternalServiceArgs> = false;
  const capacity: Assignable<"capacityProviderStrategies", keyof ExternalServiceArgs> = false;
  const interfaces: Assignable<"networkConfiguration", keyof ExternalServiceArgs> = false;
  const connect: Assignable<"serviceConnectConfiguration", keyof ExternalServiceArgs> = false;
  const efs: Assignable<{ fileSystemId: string }, ExternalServiceArgs["volumes"][string]> = false;
  const compiles = [awsvpc, hostWithMappings, loadBalancers, capacity, interfaces, connect, efs];
  t.false(compiles.some(Boolean));
});
