import test from "ava";
import type { ExternalServiceArgs } from "../../../components/service/external-service.ts";
import { built } from "../cloud.ts";
import { redis } from "./redis.ts";

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
const logsOf = (group: string) => `arn:aws:logs:us-east-1:123456789012:log-group:/ecs/hybrid-test/${group}:*`;

test.serial("the containers may answer ECS Exec, and nothing else", async (t) => {
  const { child, json } = await built(() => redis());
  t.deepEqual(json("Role", "redis-task", "assumeRolePolicy"), trust);
  t.deepEqual(json("RolePolicy", "redis-task", "policy"), {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: [
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
        ],
        Resource: "*",
      },
      { Effect: "Allow", Action: "kms:Decrypt", Resource: child("Key", "home-key").state.arn },
      {
        Effect: "Allow",
        Action: "logs:DescribeLogGroups",
        Resource: "arn:aws:logs:us-east-1:123456789012:log-group:*",
      },
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: logsOf("exec"),
      },
    ],
  });
});

const executionPolicy = async (over: Partial<ExternalServiceArgs>) =>
  (await built(() => redis(over))).json("RolePolicy", "redis-execution", "policy");
const writesLogs = {
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: logsOf("services/redis"),
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
