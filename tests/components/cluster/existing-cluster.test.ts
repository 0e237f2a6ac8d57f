import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { Cluster, type ClusterArgs } from "../../../components/cluster/cluster.ts";
import { ExternalService } from "../../../components/service/external-service.ts";
import type { Aws } from "../../../lab/aws/aws.ts";
import { valueOfOutput } from "../../support/mocks.ts";
import { type Assignable, built, failure, tagged } from "../cloud.ts";
import { args as service } from "../service/redis.ts";

const arn = "arn:aws:ecs:us-east-1:123456789012:cluster/shared";
const keyArn = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
const nodes = { "pi-1": { reinstalled: 0 } };

/** An account in which somebody has a cluster. */
const prepare = (aws: Aws) => {
  aws.create("aws:ecs/cluster:Cluster", { name: "shared" });
};

const cluster = (existing: ClusterArgs["existing"] = { name: "shared" }, over: Partial<ClusterArgs> = {}) =>
  new Cluster("home", { nodes, ...over, existing } as ClusterArgs);

test.serial("an existing cluster gets the nodes' role and activations, and nothing else", async (t) => {
  const { names, component, child } = await built(() => cluster(), { prepare });
  t.deepEqual(names, [
    "Activation home-pi-1-0",
    "Key home-key",
    "Role home-node",
    "RolePolicy home-node-leave",
    "RolePolicyAttachment home-node-ecs",
    "RolePolicyAttachment home-node-ssm",
  ]);
  t.is(await valueOfOutput(component.clusterArn), arn);
  t.is(await valueOfOutput(component.clusterName), "shared");
  t.is(await valueOfOutput(component.execLogGroupName), "");
  t.deepEqual(child("Activation", "home-pi-1-0").inputs.tags, {
    ...tagged("pi-1"),
    "hybrid:cluster": "shared",
  });
});

test.serial("of a cluster that two stacks use, each may sign off its own nodes only", async (t) => {
  const conditionIn = async (stack: string) => {
    const { json } = await built(() => cluster(), { prepare, stack });
    return json("RolePolicy", "home-node-leave", "policy") as { Statement: { Condition: unknown }[] };
  };
  const [one, other] = [await conditionIn("home"), await conditionIn("lab")];
  t.deepEqual(one.Statement[0]?.Condition, {
    StringEquals: {
      "ssm:resourceTag/hybrid:project": "hybrid",
      "ssm:resourceTag/hybrid:stack": "home",
    },
  });
  t.notDeepEqual(one, other);
});

const withService = (existing: ClusterArgs["existing"], over: Partial<ClusterArgs> = {}) => {
  const used = cluster(existing, over);
  return new ExternalService("redis", { ...service, cluster: used });
};

test.serial("sessions without a configuration go to the service's own log group", async (t) => {
  const { json } = await built(() => withService({ name: "shared" }), { prepare });
  const { Statement } = json("RolePolicy", "redis-task", "policy") as { Statement: object[] };
  t.deepEqual(Statement.slice(1), [
    {
      Effect: "Allow",
      Action: "logs:DescribeLogGroups",
      Resource: "arn:aws:logs:us-east-1:123456789012:log-group:*",
    },
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/shared/services/redis:*",
    },
  ]);
});

test.serial(
  "the containers may keep sessions as the existing cluster's own configuration says",
  async (t) => {
    const exec = { keyArn, logGroup: "/company/sessions" };
    const { json, component } = await built(() => withService({ name: "shared", exec }), { prepare });
    t.like(json("RolePolicy", "redis-task", "policy"), {
      Statement: {
        1: { Action: "kms:Decrypt", Resource: keyArn },
        3: { Resource: "arn:aws:logs:us-east-1:123456789012:log-group:/company/sessions:*" },
      },
    });
    t.is(await valueOfOutput(component.service.cluster), arn);
  },
);

/** Returns the ARN of a key that somebody has in the account. */
const companyKey = (aws: Aws, policy: object) =>
  String(aws.create("aws:kms/key:Key", { policy: JSON.stringify(policy) }).outputs.arn);

const account = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*" };
/** What docs/tutorial.md adds to the key's policy. */
const tutorial = readFileSync(new URL("../../../docs/tutorial.md", import.meta.url), "utf8");
const [, statement = ""] = /### A key of your own[^#]*```json\n([^`]*)```/.exec(tutorial) ?? [];
const letsLogs: object = JSON.parse(
  statement
    .replaceAll("REGION", "us-east-1")
    .replaceAll("ACCOUNT", "123456789012")
    .replaceAll("CLUSTER", "hybrid-test"),
);

test.serial("a key of the user's own encrypts sessions and logs, and no key is made", async (t) => {
  let own = "";
  const { names, child } = await built(
    () => {
      const used = new Cluster("home", {
        nodes,
        containerInsights: "enabled",
        logRetentionDays: 30,
        keyArn: pulumi.output(own),
      });
      return new ExternalService("redis", { ...service, cluster: used });
    },
    {
      prepare: (aws) => {
        own = companyKey(aws, { Statement: [account, letsLogs] });
      },
    },
  );
  t.false(names.some((name) => name.startsWith("Key ")));
  t.is(child("LogGroup", "home-exec").inputs.kmsKeyId, own);
  t.is(child("LogGroup", "redis-logs").inputs.kmsKeyId, own);
  t.like(child("Cluster", "home-cluster").inputs, {
    configuration: { executeCommandConfiguration: { kmsKeyId: own } },
  });
});

test.serial("CloudWatch Logs refuses a key whose policy does not let it in", async (t) => {
  let own = "";
  const said = await failure(
    () => new Cluster("home", { nodes, containerInsights: "enabled", logRetentionDays: 30, keyArn: own }),
    {
      prepare: (aws) => {
        own = companyKey(aws, { Statement: [account] });
      },
    },
  );
  t.regex(said, /The specified KMS key does not exist or is not allowed to be used with LogGroup/);
});

test.serial("refused: a cluster that does not exist", async (t) => {
  t.regex(
    await failure(() => withService({ name: "shared" })),
    /home\.existing\.name: shared: must be an active ECS cluster of this account and Region; name one that `aws ecs list-clusters` lists, or remove cluster\.existing$/,
  );
});

test.serial("refused: the alias of a key", async (t) => {
  t.is(
    await failure(() => cluster({ name: "shared" }, { keyArn: "alias/logs" }), { prepare }),
    "home.keyArn: alias/logs: must be the ARN of a KMS key, not of an alias: arn:aws:kms:REGION:ACCOUNT:key/ID; run `aws kms describe-key --key-id KEY --query KeyMetadata.Arn`, which prints it",
  );
});

test("what an existing cluster has of its own cannot be set", (t) => {
  const insights: Assignable<
    { existing: { name: string }; nodes: object; containerInsights: "enabled" },
    ClusterArgs
  > = false;
  t.false(insights);
});
