import test from "ava";
import { takenNameProblems } from "../../../components/service/free-name.ts";
import { describeAll } from "../../../limits/problem.ts";
import { built, tagged } from "../cloud.ts";
import { redis } from "./redis.ts";

const cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/hybrid-test";

test.serial("a service of the same name that somebody else has in the cluster is named", async (t) => {
  const { aws, component, child } = await built(() => redis());
  const { taskDefinition } = child("Service", "redis-service").inputs;
  const service = { cluster, taskDefinition, launchType: "EXTERNAL" };
  aws.create("aws:ecs/service:Service", { ...service, name: "theirs", tags: { team: "billing" } });
  aws.create("aws:ecs/service:Service", { ...service, name: "other", tags: tagged("other-service") });
  const said = async (name: string, of: object = { cluster }) =>
    describeAll(await takenNameProblems(name, { ...of }, component));
  t.is(
    await said("theirs"),
    "theirs: arn:aws:ecs:us-east-1:123456789012:service/hybrid-test/theirs: must have a name that no other service in the cluster has: this one is somebody else's; rename the service",
  );
  t.is(await said("free"), "");
  t.is(await said("other"), "", "a service of this stack is replaced");
  t.is(await said("theirs", {}), "", "the cluster is still to be created");
});
