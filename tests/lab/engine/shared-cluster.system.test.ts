/** Two stacks in one ECS cluster, which the first one owns. */
import test from "ava";
import { account, failureOf, ofStack, site } from "./account.ts";

const service = { image: "registry.home.arpa/web:1", memoryMiB: 16, desiredCount: 0 };

test.serial("a second stack joins the first one's cluster, and leaves it as it was", async (t) => {
  const { aws, open } = await account(t);
  const first = await open("first");
  const second = await open("second");
  await first.to(site(1, { services: { web: service } }));
  const before = ofStack(aws, "first");
  const cluster = { existing: { name: "ecs-anywhere-hybrid-first" } };

  await second.setConfig(site(2, { cluster, services: { web: service } }));
  const refusal =
    "web: arn:aws:ecs:us-east-1:123456789012:service/ecs-anywhere-hybrid-first/web: must have a name that no other service in the cluster has: this one is somebody else's; rename the service";
  const said = await failureOf(() => second.preview());
  t.true(said.includes(refusal), said);

  await second.to(site(2, { cluster, services: { api: service } }));
  t.deepEqual(ofStack(aws, "first"), before);
  t.deepEqual(
    Object.values(aws.runtime.ecs.services).map(({ name, clusterArn, placementConstraints }) => [
      name,
      clusterArn.split("/").at(-1),
      placementConstraints[0]?.expression,
    ]),
    [
      ["web", "ecs-anywhere-hybrid-first", "attribute:hybrid.stack == ecs-anywhere-hybrid-first"],
      ["api", "ecs-anywhere-hybrid-first", "attribute:hybrid.stack == ecs-anywhere-hybrid-second"],
    ],
  );

  await second.destroy();
  t.deepEqual(ofStack(aws, "first"), before);
  await first.destroy();
  t.deepEqual(
    aws.resources().map(({ type, id }) => `${type} ${id}`),
    [],
  );
});
