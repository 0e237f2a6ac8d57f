import { strict as assert } from "node:assert";
import { cloud } from "../../cloud.ts";
import { labNodes } from "../../hosts.ts";
import { directPort } from "../../stack-config.ts";
import { workerToken } from "../../worker-token.ts";
import { until } from "../../world/run.ts";
import { check } from "../check.ts";
import { containerOf } from "../support/containers.ts";
import { hits, urlOf } from "../support/page.ts";

/** The one node that runs a task of the service, and its container there. */
async function placed(service: string) {
  const all = await Promise.all(
    labNodes().map(async ({ name, address }) => ({
      name,
      address,
      container: await containerOf(service, name),
    })),
  );
  const there = all.flatMap(({ container, ...node }) => (container ? [{ ...node, container }] : []));
  const [only] = there;
  assert(only && there.length === 1, `${service} runs on ${there.map(({ name }) => name)}`);
  return only;
}

const healthyTargets = async () =>
  (await cloud.targets())
    .filter(({ port, state }) => port === directPort && state === "healthy")
    .map(({ id }) => id);

export default check({
  title:
    "A service in the node's own network answers through an application load balancer, and one without network runs",
  details: "The second one has its secret from Parameter Store and is healthy",
  beside: "page",
  run: async () => {
    const direct = await placed("direct");
    assert.equal(direct.container.HostConfig.NetworkMode, "host");
    // After an up that began or moved its task, health checks are still under way.
    await until(
      async () => ((await healthyTargets()).join() === direct.address ? true : undefined),
      async () => new Error(`healthy behind the application load balancer: ${await healthyTargets()}`),
      { seconds: 30 },
    );
    const own = `http://${direct.address}:${directPort}/`;
    const front = await urlOf("front");
    const before = await hits(own);
    const after = await hits(front);
    assert(after > before, `${own} counted ${before}, then ${front} ${after}`);

    const worker = await placed("worker");
    assert.equal(worker.container.HostConfig.NetworkMode, "none");
    const token = (await cloud.parameters())[workerToken]?.value;
    assert(token, "no token in Parameter Store");
    // Compared without showing it.
    assert(
      worker.container.Config.Env.includes(`TOKEN=${token}`),
      "the worker's token is not Parameter Store's",
    );
    assert.equal(worker.container.State.Health?.Status, "healthy", "Docker's health check of the worker");
    const told = (await cloud.tasks()).filter((task) => task.service === "worker");
    assert.deepEqual(
      told.filter(({ lastStatus }) => lastStatus === "RUNNING").map(({ healthStatus }) => healthStatus),
      ["HEALTHY"],
      "what ECS knows of the worker",
    );
    return `direct on ${direct.name}, hits ${before} and ${after}; worker on ${worker.name}, with its secret, healthy`;
  },
});
