import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { buildCluster } from "../../stack/cluster.ts";
import { buildServices } from "../../stack/service.ts";
import { district } from "./district.ts";

class Nodes extends pulumi.CustomResource {}

test("services wait for the nodes, and have the cluster's retention", async (t) => {
  const { result, resources, find, waitsFor } = await district(
    t,
    "home",
    (config) => {
      const nodes = new Nodes("test:index:Nodes", "nodes", {});
      return buildServices(config, buildCluster(config), [nodes]);
    },
    (settings) => ({ ...settings, cluster: { logRetentionDays: 7 } }),
  );
  t.deepEqual(Object.keys(result), ["redis", "hits"]);
  for (const name of ["redis", "hits"]) {
    // A component waits before its children are created.
    waitsFor(name, "nodes");
    t.is(find(`${name}-logs`)?.inputs.retentionInDays, 7);
  }
  t.is(resources.filter(({ type }) => type.endsWith(":Service")).length, 2);
});
