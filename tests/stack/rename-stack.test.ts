/** What `pulumi stack rename` does to a stack that is up: docs/tutorial.md says so. */
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import test from "ava";
import { kinds } from "../../lab/aws/services.ts";
import { programOf, type Registered } from "../../tools/program/registered.ts";

const root = new URL("../../", import.meta.url).pathname;

/** Returns what the provider would replace; what an activation was called is not compared. */
function replaced(before: readonly Registered[], after: readonly Registered[]): readonly string[] {
  return before.flatMap(({ type, name, inputs }) => {
    const kind = kinds.get(type);
    const now = after.find((one) => one.type === type && one.name === name);
    if (!kind || type === "aws:ssm/activation:Activation") return [];
    const isReplaced = kind.replaces.some((key) => !isDeepStrictEqual(inputs[key], now?.inputs[key]));
    return isReplaced ? [name] : [];
  });
}

test("a stack that gets another name replaces its cluster, what runs in it, its log groups and the customer gateway", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "renamed-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await copyFile(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  await copyFile(join(root, "Pulumi.home.yaml"), join(folder, "Pulumi.house.yaml"));
  const home = await programOf(root, "home");
  const house = await programOf(folder, "house");
  t.deepEqual(
    house.resources.map(({ name }) => name).toSorted(),
    home.resources.map(({ name }) => name).toSorted(),
    "nothing is added or removed",
  );
  t.deepEqual(replaced(home.resources, house.resources).toSorted(), [
    "cluster-cluster",
    "cluster-exec",
    "cluster-insights",
    "hits-logs",
    "hits-service",
    "hits-task",
    "redis-logs",
    "redis-service",
    "redis-task",
    "vpn-customer-gateway",
    "vpn-logs",
  ]);
});
