import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { Cluster, type ClusterArgs } from "../../../components/cluster/cluster.ts";
import { valueOfOutput } from "../../support/mocks.ts";
import { built, failure, tagged } from "../cloud.ts";

const args: ClusterArgs = {
  containerInsights: "enabled",
  logRetentionDays: 30,
  nodes: { "pi-1": { reinstalled: 0 }, "pi-2": { reinstalled: 0 } },
};
const cluster = (over: Partial<ClusterArgs> = {}) => new Cluster("home", { ...args, ...over });

test.serial(
  "it has a cluster, a key, two log groups, the nodes' role and an activation per node",
  async (t) => {
    const { names, children } = await built(() => cluster());
    t.deepEqual(names, [
      "Activation home-pi-1-0",
      "Activation home-pi-2-0",
      "Cluster home-cluster",
      "Key home-key",
      "LogGroup home-exec",
      "LogGroup home-insights",
      "Role home-node",
      "RolePolicy home-node-leave",
      "RolePolicyAttachment home-node-ecs",
      "RolePolicyAttachment home-node-ssm",
    ]);
    t.true(children.every(({ parent }) => parent.endsWith("::hybrid:cluster:Cluster::home")));
  },
);

test.serial("sessions of ECS Exec are encrypted, and logged into an encrypted group", async (t) => {
  const { child } = await built(() => cluster());
  const keyArn = child("Key", "home-key").state.arn;
  t.deepEqual(child("LogGroup", "home-exec").inputs, {
    name: "/ecs/hybrid-test/exec",
    kmsKeyId: keyArn,
    retentionInDays: 30,
    tags: tagged("home-exec"),
  });
  t.deepEqual(child("Cluster", "home-cluster").inputs, {
    name: "hybrid-test",
    settings: [{ name: "containerInsights", value: "enabled" }],
    configuration: {
      executeCommandConfiguration: {
        kmsKeyId: keyArn,
        logging: "OVERRIDE",
        logConfiguration: {
          cloudWatchEncryptionEnabled: true,
          cloudWatchLogGroupName: "/ecs/hybrid-test/exec",
        },
      },
    },
    tags: tagged("home-cluster"),
  });
});

for (const containerInsights of ["enabled", "disabled"] as const)
  test.serial(
    `Container Insights' log group is there before the cluster: ${containerInsights}`,
    async (t) => {
      const { child } = await built(() => cluster({ containerInsights }));
      const group = child("LogGroup", "home-insights");
      t.deepEqual(group.inputs, {
        name: "/aws/ecs/containerinsights/hybrid-test/performance",
        kmsKeyId: child("Key", "home-key").state.arn,
        retentionInDays: 30,
        tags: tagged("home-insights"),
      });
      t.true(child("Cluster", "home-cluster").dependencies.includes(group.urn));
    },
  );

test.serial("the key rotates, and serves the account and the logs of this cluster only", async (t) => {
  const { child, json } = await built(() => cluster());
  const { policy: _, ...inputs } = child("Key", "home-key").inputs;
  t.deepEqual(inputs, {
    description: "ECS Exec sessions and logs of hybrid-test",
    enableKeyRotation: true,
    tags: tagged("home-key"),
  });
  t.deepEqual(json("Key", "home-key", "policy"), {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::123456789012:root" },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Effect: "Allow",
        Principal: { Service: "logs.us-east-1.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        Resource: "*",
        Condition: {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": [
              "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/hybrid-test/*",
              "arn:aws:logs:us-east-1:123456789012:log-group:/aws/ecs/containerinsights/hybrid-test/performance",
            ],
          },
        },
      },
    ],
  });
});

test.serial("nodes have exactly the policies they need, by Systems Manager", async (t) => {
  const { child, json } = await built(() => cluster());
  t.deepEqual(json("Role", "home-node", "assumeRolePolicy"), {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "ssm.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": "123456789012" },
          ArnLike: { "aws:SourceArn": "arn:aws:ssm:us-east-1:123456789012:*" },
        },
      },
    ],
  });
  t.is(
    child("RolePolicyAttachment", "home-node-ssm").inputs.policyArn,
    "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
  );
  t.is(
    child("RolePolicyAttachment", "home-node-ecs").inputs.policyArn,
    "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
  );
  t.deepEqual(json("RolePolicy", "home-node-leave", "policy"), {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "ssm:DeregisterManagedInstance",
        Resource: "arn:aws:ssm:us-east-1:123456789012:managed-instance/*",
        Condition: {
          StringEquals: {
            "ssm:resourceTag/hybrid:project": "hybrid",
            "ssm:resourceTag/hybrid:stack": "test",
          },
        },
      },
      {
        Effect: "Allow",
        Action: "ecs:ListContainerInstances",
        Resource: "arn:aws:ecs:us-east-1:123456789012:cluster/hybrid-test",
      },
      {
        Effect: "Allow",
        Action: "ecs:DescribeContainerInstances",
        Resource: "arn:aws:ecs:us-east-1:123456789012:container-instance/hybrid-test/*",
      },
    ],
  });
});

test.serial(
  "nodes that reach S3 by an endpoint can patch: their role reads Systems Manager's buckets",
  async (t) => {
    const { names, child, json } = await built(() => cluster({ s3Endpoint: true }));
    t.true(names.includes("RolePolicy home-node-buckets"));
    const { Statement } = json("RolePolicy", "home-node-buckets", "policy") as {
      readonly Statement: readonly { readonly Action: string; readonly Resource: readonly string[] }[];
    };
    t.is(Statement.length, 1);
    t.is(Statement[0]?.Action, "s3:GetObject");
    for (const bucket of [
      "aws-patch-manager-us-east-1-*",
      "patch-baseline-snapshot-us-east-1",
      "amazon-ssm-us-east-1",
    ])
      t.true(Statement[0]?.Resource.includes(`arn:aws:s3:::${bucket}/*`), bucket);
    const waitsFor = child("Activation", "home-pi-1-0").dependencies;
    t.true(waitsFor.some((urn) => urn.endsWith("::home-node-buckets")));
  },
);

test.serial("an activation is valid for one node, and its code is a secret", async (t) => {
  const { child, component } = await built(() => cluster());
  const activation = child("Activation", "home-pi-2-0");
  t.deepEqual(activation.inputs, {
    name: "pi-2",
    description: "hybrid-test pi-2, installation 0",
    iamRole: child("Role", "home-node").state.name,
    registrationLimit: 1,
    tags: { ...tagged("pi-2"), "hybrid:cluster": "hybrid-test" },
  });
  t.deepEqual(activation.additionalSecretOutputs, ["activationCode"]);
  // What would replace it, and a renamed node with it, is as it was made.
  t.deepEqual(activation.ignoreChanges, ["name", "description", "tags"]);
  const waitsFor = activation.dependencies.map((urn) => urn.slice(urn.lastIndexOf("::") + 2));
  for (const grant of ["home-node-ssm", "home-node-ecs", "home-node-leave"]) t.true(waitsFor.includes(grant));
  t.deepEqual(Object.keys(component.activations), ["pi-1", "pi-2"]);
  const given = component.activations["pi-2"];
  if (!given) throw new Error("pi-2 has no activation");
  t.is(await valueOfOutput(given.activationId), activation.id);
  t.is(await valueOfOutput(given.activationCode), String(activation.state.activationCode));
  t.true(await pulumi.isSecret(given.activationCode));
});

test.serial("only a reinstalled node gets a new activation", async (t) => {
  const before = await built(() => cluster());
  const after = await built(() =>
    cluster({ nodes: { "pi-1": { reinstalled: 1 }, "pi-2": { reinstalled: 0 } } }),
  );
  const inputs = ({ child }: typeof before, activation: string) => {
    const { iamRole: _, ...rest } = child("Activation", activation).inputs;
    return rest;
  };
  t.deepEqual(
    after.names.filter((name) => name.startsWith("Activation")),
    ["Activation home-pi-1-1", "Activation home-pi-2-0"],
  );
  t.notDeepEqual(inputs(after, "home-pi-1-1"), inputs(before, "home-pi-1-0"));
  t.deepEqual(inputs(after, "home-pi-2-0"), inputs(before, "home-pi-2-0"));
});

test.serial("its outputs are AWS's", async (t) => {
  const { child, component } = await built(() => cluster({ clusterName: "kitchen" }));
  t.is(await valueOfOutput(component.clusterName), "kitchen");
  t.is(await valueOfOutput(component.clusterArn), "arn:aws:ecs:us-east-1:123456789012:cluster/kitchen");
  t.is(await valueOfOutput(component.nodeRoleName), String(child("Role", "home-node").state.name));
  t.is(await valueOfOutput(component.keyArn), String(child("Key", "home-key").state.arn));
  t.is(await valueOfOutput(component.execLogGroupName), "/ecs/kitchen/exec");
  const { keyArn, logGroupArn } = component.exec;
  t.is(await valueOfOutput(pulumi.output(keyArn)), String(child("Key", "home-key").state.arn));
  t.is(await valueOfOutput(pulumi.output(logGroupArn)), String(child("LogGroup", "home-exec").state.arn));
});

test.serial("refused: a name with a dot, which ECS does not take", async (t) => {
  t.is(
    await failure(() => cluster({ clusterName: "kitchen.home" })),
    "home.clusterName: kitchen.home: must be 1 to 255 letters, digits, - and _: ECS takes no other name of a cluster; choose another name",
  );
});

test.serial("the longest name leaves an activation's description within 256 characters", async (t) => {
  const { child } = await built(() => cluster({ clusterName: "k".repeat(255) }));
  t.is(String(child("Activation", "home-pi-1-0").inputs.description).length, 256);
});

test.serial("refused: a retention that CloudWatch Logs does not have", async (t) => {
  t.is(
    await failure(() => cluster({ logRetentionDays: 2 })),
    "home.logRetentionDays: 2: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653: CloudWatch Logs takes no other number of days; choose for example 3",
  );
});
