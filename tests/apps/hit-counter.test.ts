import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { connectHits, type Hits, RedisAway } from "../../apps/hit-counter/hits.ts";
import { hitsPage, redisAwayPage } from "../../apps/hit-counter/page.ts";
import { startServer } from "../../apps/hit-counter/server.ts";
import { fakeRedis } from "../support/fake-redis.ts";

const app = new URL("../../apps/hit-counter/", import.meta.url);

/** A counter without Redis. */
function plainHits(count: () => Promise<number>): Hits {
  return { redis: { host: "192.168.1.103", port: 6379 }, count, close: () => {} };
}

async function serve(t: ExecutionContext, hits: Hits) {
  const server = await startServer({ hits, host: "pi-1", port: 0, drainSeconds: 0 });
  t.teardown(() => server.stop());
  return { get: (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init) };
}

/** Calls until it succeeds; the client needs a moment to connect. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(50);
    }
  }
}

test("the page shows the count, the machine and where the request came from", async (t) => {
  const { get } = await serve(
    t,
    plainHits(async () => 42),
  );
  const response = await get("/");
  t.is(response.status, 200);
  t.is(response.headers.get("cache-control"), "no-store");
  const html = await response.text();
  t.regex(html, /<output id="hits">42<\/output>/);
  t.regex(html, /<b id="host">pi-1<\/b>/);
  t.regex(html, /came from 127\.0\.0\.1\./);
});

test("only GET / is a visit", async (t) => {
  let visits = 0;
  const { get } = await serve(
    t,
    plainHits(async () => ++visits),
  );
  t.is((await get("/", { method: "HEAD" })).status, 200);
  t.is((await get("/health")).status, 200);
  t.is((await get("/favicon.ico")).status, 404);
  const post = await get("/", { method: "POST" });
  t.is(post.status, 405);
  t.is(post.headers.get("allow"), "GET, HEAD");
  t.is(visits, 0);
  await get("/?from=somewhere");
  t.is(visits, 1);
});

test("Redis away: 503 with Redis's address and its message, and the page stays healthy", async (t) => {
  const { get } = await serve(
    t,
    plainHits(async () => {
      throw new RedisAway("connect ECONNREFUSED 192.168.1.103:6379");
    }),
  );
  const response = await get("/");
  t.is(response.status, 503);
  t.is(response.headers.get("retry-after"), "5");
  const html = await response.text();
  t.regex(html, /Redis is away/);
  t.regex(html, /192\.168\.1\.103:6379<\/code>/);
  t.regex(html, /ECONNREFUSED/);
  t.regex(html, /nc -vz 192\.168\.1\.103 6379/);
  t.is((await get("/health")).status, 200);
});

test("foreign text cannot become markup", (t) => {
  const scene = { host: "<i>pi</i>", from: '"&' };
  t.regex(hitsPage(1, scene), /&lt;i&gt;pi&lt;\/i&gt;.*&quot;&amp;/s);
  t.notRegex(redisAwayPage({ host: "<script>", port: 1 }, "<script>", scene), /<script>/);
});

test("hits are counted in Redis, also after Redis was away", async (t) => {
  let hits = 0;
  const first = await fakeRedis(0, () => ++hits);
  t.teardown(() => first.stop());
  const counter = connectHits({ host: "127.0.0.1", port: first.port }, 500);
  t.teardown(() => counter.close());
  // On a busy machine Redis may have counted a hit whose answer came too late.
  t.is(await eventually(() => counter.count()), hits);
  t.is(await eventually(() => counter.count()), hits);
  await first.stop();
  await eventually(async () => {
    const error = await t.throwsAsync(counter.count(), { instanceOf: RedisAway });
    if (!/ECONNREFUSED|[Cc]losed/.test(error?.message ?? "")) throw error;
  });
  const before = hits;
  const second = await fakeRedis(first.port, () => ++hits);
  t.teardown(() => second.stop());
  t.is(await eventually(() => counter.count()), hits);
  t.true(hits > before);
});

test("a silent Redis is away after the time limit", async (t) => {
  let hits = 0;
  const redis = await fakeRedis(0, () => ++hits);
  t.teardown(() => redis.stop());
  const counter = connectHits({ host: "127.0.0.1", port: redis.port }, 200);
  t.teardown(() => counter.close());
  await eventually(() => counter.count());
  redis.fallSilent();
  const began = performance.now();
  await t.throwsAsync(counter.count(), { instanceOf: RedisAway, message: "no answer within 200 ms" });
  t.true(performance.now() - began < 1000);
});

test("an error of Redis is shown in Redis's own words", async (t) => {
  const redis = await fakeRedis(0, () => "ERR value is not an integer or out of range");
  t.teardown(() => redis.stop());
  const counter = connectHits({ host: "127.0.0.1", port: redis.port }, 500);
  t.teardown(() => counter.close());
  await eventually(async () => {
    const error = await t.throwsAsync(counter.count(), { instanceOf: RedisAway });
    if (!/not an integer/.test(error?.message ?? "")) throw error;
  });
});

test("Redis that never existed", async (t) => {
  const nobody = await fakeRedis(0, () => 0);
  await nobody.stop();
  const counter = connectHits({ host: "127.0.0.1", port: nobody.port });
  t.teardown(() => counter.close());
  await eventually(async () => {
    const error = await t.throwsAsync(counter.count(), { instanceOf: RedisAway });
    if (!/ECONNREFUSED/.test(error?.message ?? "")) throw error;
  });
});

test("stopping: /health says so, a request under way is finished, then the port is closed", async (t) => {
  const asked = Promise.withResolvers<void>();
  const slow = Promise.withResolvers<number>();
  const hits = plainHits(() => {
    asked.resolve();
    return slow.promise;
  });
  const server = await startServer({ hits, host: "pi-1", port: 0, drainSeconds: 1 });
  const url = `http://127.0.0.1:${server.port}`;
  const page = fetch(url);
  await asked.promise;
  const stopped = server.stop();
  const health = await fetch(`${url}/health`);
  t.is(health.status, 503);
  t.is(health.headers.get("connection"), "close");
  const isOpen = () =>
    fetch(`${url}/health`).then(
      () => true,
      () => false,
    );
  await eventually(async () => {
    if (await isOpen()) throw new Error("the port is open");
  });
  slow.resolve(7);
  t.regex(await (await page).text(), />7</);
  await stopped;
});

function run(t: ExecutionContext, env: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, ["main.ts"], {
    cwd: app,
    env: { PATH: process.env.PATH, ...env },
  });
  t.teardown(() => child.kill("SIGKILL"));
  let output = "";
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (data) => {
      output += String(data);
    });
  }
  return { child, exit, output: () => output };
}

test("the program: counts, names its node, ends on SIGTERM with status 0", async (t) => {
  let hits = 0;
  const redis = await fakeRedis(0, () => ++hits);
  t.teardown(() => redis.stop());
  const folder = await mkdtemp(join(tmpdir(), "hit-counter-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const name = join(folder, "hostname");
  await writeFile(name, "pi-9\n");
  const program = run(t, {
    REDIS_HOST: "127.0.0.1",
    REDIS_PORT: String(redis.port),
    PORT: "0",
    HOST_NAME_FILE: name,
  });
  const port = await eventually(async () => {
    const said = /Listening on port (\d+)/.exec(program.output());
    if (said?.[1] === undefined) throw new Error(program.output());
    return said[1];
  });
  const html = await eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    if (!response.ok) throw new Error(await response.text());
    return response.text();
  });
  t.regex(html, /pi-9/);
  program.child.kill("SIGTERM");
  t.is(await program.exit, 0);
});

test("the program: bad environment is refused with the remedy", async (t) => {
  const without = run(t, {});
  t.is(await without.exit, 2);
  t.regex(without.output(), /REDIS_HOST: not set: .*set it to the address/);
  const wrong = run(t, { REDIS_HOST: "127.0.0.1", REDIS_PORT: "65536" });
  t.is(await wrong.exit, 2);
  t.regex(wrong.output(), /REDIS_PORT: 65536: must be a whole number from 1 to 65535/);
});

test("the image's Redis client is the one tested here", async (t) => {
  const read = async (path: string) => JSON.parse(await readFile(new URL(path, app), "utf8"));
  const [own, root] = [await read("package.json"), await read("../../package.json")];
  t.is(own.dependencies["@redis/client"], root.devDependencies["@redis/client"]);
});
