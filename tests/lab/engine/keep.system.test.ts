/** `keep` on the real engine: what leaves the stack and stays in AWS, and what the stack makes of it afterwards. */
import test from "ava";
import type { Aws } from "../../../lab/aws/aws.ts";
import { account, failureOf, site } from "./account.ts";
import { living } from "./living.ts";

const logGroups = (aws: Aws) =>
  aws
    .resources("aws:cloudwatch/logGroup:LogGroup")
    .map(({ id }) => id)
    .toSorted();
const keys = (aws: Aws) => aws.resources("aws:kms/key:Key").map(({ id }) => id);

const group = (service: string) => `/ecs/ecs-anywhere-hybrid-dev/services/${service}`;

/** Writes an event into a log group, as a container does. */
function write(aws: Aws, name: string): void {
  const event = { timestamp: 1, message: "kept", ingestionTime: 1, eventId: "1" };
  aws.runtime.logs[name] = { stream: { creationTime: 1, events: [event] } };
}
const isWritten = (aws: Aws, name: string) => aws.runtime.logs[name]?.stream?.events[0]?.message === "kept";

test.serial(
  "a destroy with keep leaves log groups and their key; the next up takes them over, and then there is nothing to do",
  async (t) => {
    const { aws, up, preview, destroy } = await living(t, "dev");
    await up();
    // On a stack that is up, it changes nothing in AWS.
    t.deepEqual((await up({ keep: ["logs"] })).steps, []);
    const made = logGroups(aws);
    const [key] = keys(aws);
    write(aws, group("redis"));

    t.regex(await destroy(), /redis-logs deleted .*\[retain\]/);
    t.deepEqual(
      aws
        .resources()
        .map(({ id }) => id)
        .toSorted(),
      [...made, ...keys(aws)].toSorted(),
      "all else is gone",
    );
    const again = await up();
    t.regex(again.stdout, /keep: a destroy leaves .*; taken over from before: .*services\/redis/);
    t.deepEqual(
      again.steps.filter((step) => step.startsWith("import ")),
      [
        "import cluster-exec",
        "import cluster-insights",
        "import cluster-key",
        "import hits-logs",
        "import redis-logs",
        "import vpn-logs",
      ],
    );
    t.deepEqual(logGroups(aws), made);
    t.deepEqual(keys(aws), [key]);
    t.true(isWritten(aws, group("redis")));
    t.deepEqual(await preview(), []);

    // Without it, the next destroy leaves nothing but the key's last days.
    await up({ keep: [] });
    await destroy();
    t.deepEqual(aws.resources(), []);
    t.deepEqual(Object.keys(aws.runtime.keysToDelete), [key]);
  },
);

test.serial(
  "a service that is removed, or renamed, leaves its logs, and takes them over when it is back",
  async (t) => {
    const { aws, config, up, preview } = await living(t, "dev");
    const { redis, hits } = config.services as Record<string, object> as { redis: object; hits: object };
    const services = (all: object) => ({ services: all as typeof config.services });
    await up({ keep: ["logs"] });
    write(aws, group("hits"));
    write(aws, group("redis"));
    await up(services({ redis }));
    t.true(logGroups(aws).includes(group("hits")));

    const back = await up({ ...services({ redis, hits }), cluster: { logRetentionDays: 90 } });
    t.true(back.steps.includes("import hits-logs"));
    t.true(isWritten(aws, group("hits")));
    // The engine takes over a log group as it is; the next up gives it what the stack file says now.
    t.deepEqual((await up()).steps, ["update hits-logs"]);
    t.deepEqual(await preview(), []);

    await up(services({ valkey: { ...redis, formerly: "redis" }, hits }));
    t.true(isWritten(aws, group("redis")));
    await up(services({ redis: { ...redis, formerly: "valkey" }, hits }));
    t.true(isWritten(aws, group("redis")));
    t.deepEqual(await preview(), []);
  },
);

const service = { image: "registry.home.arpa/web:1", memoryMiB: 16, desiredCount: 0 };
const kept = (name: string) => `/ecs/ecs-anywhere-hybrid-one/services/${name}`;

test.serial(
  "a stack that moves to a shared cluster and back takes over the log groups of each",
  async (t) => {
    const { aws, open } = await account(t);
    aws.create("aws:ecs/cluster:Cluster", { name: "shared" });
    const one = await open("one");
    const own = site(1, { keep: ["logs"], services: { api: service } });
    const shared = { ...own, cluster: { existing: { name: "shared" } } };
    await one.to(own);
    write(aws, kept("api"));
    await one.to(shared);
    t.deepEqual((await one.to(shared)).steps, []);
    t.true(logGroups(aws).includes("/ecs/shared/services/api"));

    await one.to(own);
    t.deepEqual((await one.to(own)).steps, []);
    t.deepEqual((await one.to(own)).steps, []);
    t.true(isWritten(aws, kept("api")));
    t.is(keys(aws).length, 1);
  },
);

test.serial("a service with the VPN's name and the VPN take over their own log groups", async (t) => {
  const { aws, open } = await account(t);
  const one = await open("one");
  const config = site(1, { keep: ["logs"], services: { vpn: service } });
  await one.to(config);
  const made = logGroups(aws);
  t.deepEqual(
    made.filter((name) => name.endsWith("/vpn")),
    ["/aws/vendedlogs/vpn/ecs-anywhere-hybrid-one/vpn", kept("vpn")],
  );
  await one.destroy();
  const { steps } = await one.to(config);
  t.deepEqual(
    steps.filter((step) => step.endsWith("vpn-logs")),
    ["import LogGroup vpn-logs", "import LogGroup vpn-logs"],
  );
  t.deepEqual(logGroups(aws), made);
  t.deepEqual((await one.to(config)).steps, []);
});

test.serial(
  "without keep, log groups that were kept are refused with what helps, and it does help",
  async (t) => {
    const { aws, open } = await account(t);
    const one = await open("one");
    const config = site(1, { services: { api: service } });
    await one.to({ ...config, keep: ["logs"] });
    write(aws, kept("api"));
    await one.destroy();

    await one.setConfig(config);
    const said = await failureOf(() => one.up());
    const explained = `api-logs.name: ${kept("api")}: must not be the name of a log group that AWS has already; set keep to [logs] for one \`up\` if this stack kept it, or delete it with \`aws logs delete-log-group --log-group-name ${kept("api")}\``;
    t.true(said.includes(explained), said);

    await one.to({ ...config, keep: ["logs"] });
    await one.to(config);
    t.deepEqual((await one.to(config)).steps, []);
    t.true(isWritten(aws, kept("api")));
  },
);
