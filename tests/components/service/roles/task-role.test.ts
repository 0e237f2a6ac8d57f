import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import type { Aws } from "../../../../lab/aws/aws.ts";
import { built, failure } from "../../cloud.ts";
import { redis } from "../redis.ts";

test.serial("the containers may answer ECS Exec, and nothing else", async (t) => {
  const { child, json } = await built(() => redis());
  t.like(json("Role", "redis-task", "assumeRolePolicy"), {
    Statement: [{ Principal: { Service: "ecs-tasks.amazonaws.com" } }],
  });
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
        Resource: "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/hybrid-test/exec:*",
      },
    ],
  });
});

/** An account with a policy of its own. */
const prepare = (aws: Aws) => {
  const policy = JSON.stringify({ Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "*" } });
  aws.create("aws:iam/policy:Policy", { name: "read-photos", policy });
};
const policies = {
  photos: "arn:aws:iam::123456789012:policy/read-photos",
  later: pulumi.output("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
};

test.serial(
  "the containers may do what policies and statements say, before the service starts",
  async (t) => {
    const statements = [
      {
        actions: ["s3:GetObject"],
        resources: ["arn:aws:s3:::photos/*", pulumi.output("arn:aws:s3:::albums/*")],
        condition: { Bool: { "aws:SecureTransport": ["true"] } },
      },
      { actions: ["sqs:SendMessage"], resources: ["*"], condition: {} },
    ];
    const { names, child, json } = await built(() => redis({ policies, statements }), { prepare });
    t.deepEqual(
      names.filter((name) => name.includes(" redis-task")),
      [
        "Role redis-task",
        "RolePolicy redis-task",
        "RolePolicy redis-task-statements",
        "RolePolicyAttachment redis-task-later",
        "RolePolicyAttachment redis-task-photos",
        "TaskDefinition redis-task",
      ],
    );
    t.deepEqual(json("RolePolicy", "redis-task-statements", "policy"), {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["s3:GetObject"],
          Resource: ["arn:aws:s3:::photos/*", "arn:aws:s3:::albums/*"],
          Condition: { Bool: { "aws:SecureTransport": ["true"] } },
        },
        { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: ["*"] },
      ],
    });
    t.deepEqual(child("RolePolicyAttachment", "redis-task-later").inputs, {
      role: child("Role", "redis-task").state.name,
      policyArn: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    });
    const waitsFor = child("Service", "redis-service").dependencies.map((urn) =>
      urn.slice(urn.lastIndexOf("::") + 2),
    );
    for (const grant of ["redis-task", "redis-task-statements", "redis-task-photos", "redis-task-later"])
      t.true(waitsFor.includes(grant), grant);
  },
);

const refused: [over: Parameters<typeof redis>[0], message: string][] = [
  [
    { policies: { photos: "read-photos" } },
    "redis.policies.photos: read-photos: must be the ARN of a managed policy of IAM; write for example arn:aws:iam::123456789012:policy/read-photos, or arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
  ],
  [
    { statements: [{ actions: ["Read"], resources: ["*"], condition: {} }] },
    "redis.statements.0.actions.0: Read: must be an action of IAM: a service and an operation, with a colon between them; write for example s3:GetObject",
  ],
  [
    { statements: [{ actions: ["s3:*"], resources: ["photos"], condition: {} }] },
    "redis.statements.0.resources.0: photos: must be an ARN, which may have * and ? in it, or * alone; write for example arn:aws:s3:::photos/*",
  ],
  [
    { statements: [{ actions: ["s3:*"], resources: ["*"], condition: { Is: {} } }] },
    "redis.statements.0.condition: Is: must be a condition operator of IAM; write for example StringEquals or ArnLike",
  ],
];
for (const [over, message] of refused) {
  test.serial(`refused: ${message}`, async (t) => {
    t.is(await failure(() => redis(over)), message);
  });
}
