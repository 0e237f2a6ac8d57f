import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { Cluster } from "../../components/cluster/cluster.ts";
import type { Kept } from "../../config/schema.ts";
import { keep } from "../../stack/keep.ts";
import { withAws } from "../support/mocks.ts";

/** Returns the names of what survives a destroy. */
async function kept(asked: readonly Kept[]): Promise<readonly string[]> {
  const aws = await withAws();
  await pulumi.runtime.runInPulumiStack(async () => {
    const { say } = await keep({ keep: [...asked] }, {});
    new Cluster("cluster", { containerInsights: "disabled", logRetentionDays: 30, nodes: {} });
    say();
    return {};
  });
  const all = await aws.registered();
  return all.flatMap(({ name, retainOnDelete }) => (retainOnDelete ? [name] : [])).toSorted();
}

test.serial("nothing survives a destroy by default", async (t) => {
  t.deepEqual(await kept([]), []);
});

test.serial("keep: keys leaves the key, and no log group", async (t) => {
  t.deepEqual(await kept(["keys"]), ["cluster-key"]);
});

test.serial("keep: logs leaves the key too, without which nothing could read them", async (t) => {
  t.deepEqual(await kept(["logs"]), ["cluster-exec", "cluster-insights", "cluster-key"]);
});
