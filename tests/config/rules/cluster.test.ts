/** Refusals of the cluster. */
import test from "ava";
import { parse } from "../../../config/parse.ts";
import { base, refused } from "../stack.ts";

const key = (region: string) => `arn:aws:kms:${region}:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9`;

refused([
  [
    "Container Insights of a cluster that has its own",
    { ...base, cluster: { existing: { name: "shared" }, containerInsights: "enabled" } },
    "cluster.containerInsights: enabled: must not be given with cluster.existing, which is used as it is; remove it",
  ],
  [
    "existing cluster by its ARN",
    { ...base, cluster: { existing: { name: "arn:aws:ecs:us-east-1:123456789012:cluster/shared" } } },
    "cluster.existing.name: arn:aws:ecs:us-east-1:123456789012:cluster/shared: must be the name of a cluster, not its ARN; run `aws ecs list-clusters`, which lists them",
  ],
  [
    "key by its alias",
    { ...base, cluster: { keyArn: "alias/logs" } },
    "cluster.keyArn: alias/logs: must be the ARN of a KMS key, not of an alias: arn:aws:kms:REGION:ACCOUNT:key/ID; run `aws kms describe-key --key-id KEY --query KeyMetadata.Arn`, which prints it",
  ],
  [
    "keys of another Region",
    {
      ...base,
      cluster: { keyArn: key("eu-west-1"), existing: { name: "shared", exec: { keyArn: key("eu-west-2") } } },
    },
    [
      `cluster.keyArn: ${key("eu-west-1")}: must be a key in us-east-1: CloudWatch Logs and ECS use keys of their own Region; name another key, or a replica of this one there`,
      `cluster.existing.exec.keyArn: ${key("eu-west-2")}: must be a key in us-east-1: CloudWatch Logs and ECS use keys of their own Region; name another key, or a replica of this one there`,
    ].join("\n"),
  ],
  [
    "log group by its ARN",
    { ...base, cluster: { existing: { name: "shared", exec: { logGroup: "arn:aws:logs:x" } } } },
    "cluster.existing.exec.logGroup: arn:aws:logs:x: must be the name of a log group, not its ARN; write its name",
  ],
  [
    "attribute of the program's own",
    {
      ...base,
      hosts: {
        ...base.hosts,
        "pi-1": { ...base.hosts["pi-1"], node: { attributes: { "hybrid.stack": "x" } } },
      },
    },
    "hosts.pi-1.node.attributes.hybrid.stack: hybrid.stack: must not be set: the program itself gives every node hybrid.host and hybrid.stack; choose another name",
  ],
]);

test("a stack may use a cluster and a key that exist", (t) => {
  const cluster = { existing: { name: "shared", exec: { logGroup: "/sessions" } }, keyArn: key("us-east-1") };
  t.like(parse({ ...base, cluster }, "us-east-1").cluster, cluster);
});
