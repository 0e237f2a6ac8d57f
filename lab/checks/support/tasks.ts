/** Ends tasks, and waits for new ones. */
import { cloud } from "../../cloud.ts";
import { seconds } from "../../progress.ts";
import { inHost } from "../../world/host.ts";
import { until } from "../../world/run.ts";

const service = "hits";

const running = async () =>
  (await cloud.tasks()).filter((task) => task.service === service && task.lastStatus === "RUNNING");

/** Removes the page's container and its image by hand, so that the next task has to pull it. */
const removeContainer = `
set -e
container=$(docker ps --quiet --filter name=-${service}-)
image=$(docker inspect --format '{{.Config.Image}}' "$container")
docker rm --force "$container"
docker image rm --force "$image"`;

/** Ends the page's task on a node, and waits until ECS has begun another, from a fresh pull. Returns how long that took. */
export async function startAnother(node: string, limitSeconds: number): Promise<string> {
  const before = new Set((await running()).map(({ taskArn }) => taskArn));
  const since = Date.now();
  await inHost(node, ["sh", "-c", removeContainer]);
  const fresh = async () => (await running()).find(({ taskArn }) => !before.has(taskArn));
  await until(
    fresh,
    async () =>
      new Error(`${node}: no new task within ${limitSeconds} s: ${JSON.stringify(await cloud.tasks())}`),
    { seconds: limitSeconds, everyMs: 250 },
  );
  return seconds(since);
}

/** A poll that was held when something broke is answered by then. */
const pollSeconds = 20;

/** Waits until every agent has begun a poll that no earlier one can have led to. Returns how long that took. */
export async function allPollAgain(limitSeconds: number): Promise<string> {
  const since = Date.now();
  const all = async () => {
    const active = (await cloud.instances()).filter(({ status }) => status === "ACTIVE");
    const again = ({ lastPoll }: { lastPoll: string }) => Date.parse(lastPoll) > since + pollSeconds * 1000;
    return active.length > 0 && active.every(again) ? true : undefined;
  };
  const late = async () =>
    new Error(`agents do not poll within ${limitSeconds} s: ${JSON.stringify(await cloud.instances())}`);
  await until(all, late, { seconds: limitSeconds, everyMs: 250 });
  return seconds(since);
}

/** Waits until ECS sees every agent, or none. */
export async function agentsAre(connected: boolean, limitSeconds: number): Promise<void> {
  const all = async () => {
    const active = (await cloud.instances()).filter(({ status }) => status === "ACTIVE");
    return active.length > 0 && active.every(({ agentConnected }) => agentConnected === connected)
      ? true
      : undefined;
  };
  await until(
    all,
    async () =>
      new Error(
        `agents not ${connected ? "" : "dis"}connected after ${limitSeconds} s: ${JSON.stringify(await cloud.instances())}`,
      ),
    { seconds: limitSeconds, everyMs: 250 },
  );
}
