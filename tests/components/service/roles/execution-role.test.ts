import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import type { ExternalServiceArgs } from "../../../../components/service/external-service.ts";
import { built } from "../../cloud.ts";
import { redis } from "../redis.ts";

const trust = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "ecs-tasks.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: { "aws:SourceAccount": "123456789012" },
        ArnLike: { "aws:SourceArn": "arn:aws:ecs:us-east-1:123456789012:*" },
      },
    },
  ],
};

const executionPolicy = async (over: Partial<ExternalServiceArgs>) =>
  (await built(() => redis(over))).json("RolePolicy", "redis-execution", "policy");
const writesLogs = {
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/hybrid-test/services/redis:*",
};

test.serial("the agent may write the service's logs", async (t) => {
  t.deepEqual(await executionPolicy({}), { Version: "2012-10-17", Statement: [writesLogs] });
  const { json } = await built(() => redis());
  t.deepEqual(json("Role", "redis-execution", "assumeRolePolicy"), trust);
});

test.serial("the agent may read the service's own secrets", async (t) => {
  t.deepEqual(await executionPolicy({ secrets: { TOKEN: "/hits/token" } }), {
    Version: "2012-10-17",
    Statement: [
      writesLogs,
      {
        Effect: "Allow",
        Action: "ssm:GetParameters",
        Resource: ["arn:aws:ssm:us-east-1:123456789012:parameter/hits/token"],
      },
    ],
  });
});

test.serial("the agent may pull the service's own image from a private repository", async (t) => {
  const image = "210987654321.dkr.ecr.eu-west-1.amazonaws.com/apps/hit-counter:1.0";
  t.deepEqual(await executionPolicy({ image }), {
    Version: "2012-10-17",
    Statement: [
      writesLogs,
      { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
      {
        Effect: "Allow",
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: "arn:aws:ecr:eu-west-1:210987654321:repository/apps/hit-counter",
      },
    ],
  });
});

const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:redis-AbCdEf";
const foreign = "arn:aws:ssm:eu-west-1:210987654321:parameter/hits/token";
const key = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

test.serial("the agent may read a secret once, however many of its keys the containers get", async (t) => {
  const part = (jsonKey: string) => ({ secretArn: secret, jsonKey });
  t.deepEqual(await executionPolicy({ secrets: { USER: part("user"), PASSWORD: part("password") } }), {
    Version: "2012-10-17",
    Statement: [writesLogs, { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: [secret] }],
  });
});

test.serial("the agent may decrypt with the user's key for the secrets' services only", async (t) => {
  const secrets = { PASSWORD: pulumi.output(secret), TOKEN: foreign };
  t.deepEqual(await executionPolicy({ secrets, secretsKeyArns: [key] }), {
    Version: "2012-10-17",
    Statement: [
      writesLogs,
      { Effect: "Allow", Action: "ssm:GetParameters", Resource: [foreign] },
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: [secret] },
      {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: [key],
        Condition: { StringLike: { "kms:ViaService": ["ssm.*", "secretsmanager.*"] } },
      },
    ],
  });
  const viaOneService = await executionPolicy({ secrets: { TOKEN: foreign }, secretsKeyArns: [key] });
  t.like(viaOneService, {
    Statement: { 2: { Condition: { StringLike: { "kms:ViaService": ["ssm.*"] } } } },
  });
});

test.serial("the agent may read the credentials of the image's registry", async (t) => {
  const over = { image: "registry.example.com/redis:7", registryCredentials: secret };
  t.deepEqual(await executionPolicy(over), {
    Version: "2012-10-17",
    Statement: [writesLogs, { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: [secret] }],
  });
});

test.serial(
  "the agent may make ECR fetch an image through its cache, and create its repository",
  async (t) => {
    const image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/redis:7";
    t.like(await executionPolicy({ image, pullThroughCache: true }), {
      Statement: {
        2: {
          Action: [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchImportUpstreamImage",
            "ecr:CreateRepository",
          ],
          Resource: "arn:aws:ecr:us-east-1:123456789012:repository/docker-hub/library/redis",
        },
      },
    });
  },
);

// why: a deployment that failed returned to containers whose secrets the agent was not allowed to read any more.
test.serial("what a changed policy allowed stays until the service has changed", async (t) => {
  const { child } = await built(() => redis());
  for (const name of ["redis-execution", "redis-task"]) {
    const { replacementTrigger, inputs, deleteBeforeReplace } = child("RolePolicy", name);
    t.is(replacementTrigger, inputs.policy);
    t.false(deleteBeforeReplace);
  }
});
