import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer as createHttpServer, get } from "node:http";
import { get as getHttps } from "node:https";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import test, { type ExecutionContext } from "ava";
import { Balancers } from "../../../../lab/aws/data-plane/balancer/balancers.ts";
import { matches, next } from "../../../../lab/aws/data-plane/balancer/health.ts";
import type { DesiredListener, DesiredLoadBalancer } from "../../../../lab/aws/data-plane/contract.ts";
import { makeChain } from "../../../../lab/world/ca.ts";

const thresholds = { healthyThreshold: 2, unhealthyThreshold: 2 };

test("a new target is healthy after one pass; after that the thresholds count", (t) => {
  const first = next({ state: "initial", streak: 0 }, undefined, thresholds);
  t.is(first.state, "healthy");
  const failedOnce = next(first, "Target.Timeout", thresholds);
  t.is(failedOnce.state, "healthy");
  const failedTwice = next(failedOnce, "Target.Timeout", thresholds);
  t.like(failedTwice, { state: "unhealthy", reason: "Target.Timeout" });
  const passedOnce = next(failedTwice, undefined, thresholds);
  t.is(passedOnce.state, "unhealthy");
  t.deepEqual(next(passedOnce, undefined, thresholds), { state: "healthy", streak: 2 });
});

test("matchers accept HTTP codes singly, in lists and in ranges", (t) => {
  t.true(matches("200-399", 302));
  t.false(matches("200-399", 404));
  t.true(matches("200,404", 404));
  t.false(matches("200", 201));
});

/** Starts a server on 127.0.0.N and returns its port; ends with the test. */
async function listening(t: ExecutionContext, server: Server, address: string): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.9", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const balancer = (
  listener: Partial<DesiredListener> & Pick<DesiredListener, "port" | "protocol" | "targets">,
): DesiredLoadBalancer => ({
  arn: "arn:lb",
  dnsName: "web.elb.us-east-1.amazonaws.com",
  scheme: "internal",
  type: listener.protocol === "HTTP" ? "application" : "network",
  addresses: ["127.0.0.9"],
  listeners: [
    {
      targetGroupArn: "arn:tg",
      healthCheck: {
        protocol: "TCP",
        port: "traffic-port",
        matcher: "200-399",
        intervalSeconds: 0.05,
        timeoutSeconds: 1,
        ...thresholds,
      },
      ...listener,
    },
  ],
  redirects: [],
});

const fetchText = (port: number) =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    get({ host: "127.0.0.9", port, agent: false }, async (response) =>
      resolve({ status: response.statusCode ?? 0, body: await text(response) }),
    ).on("error", reject);
  });

const states = (balancers: Balancers) => balancers.observe().map(({ id, state }) => [id, state]);

/** Waits until the targets are in these states. */
async function become(
  t: ExecutionContext,
  balancers: Balancers,
  ...wanted: readonly string[]
): Promise<void> {
  const now = () => states(balancers).map(([, state]) => state);
  for (let tries = 0; tries < 400 && now().join() !== wanted.join(); tries++) await sleep(25);
  t.deepEqual(now(), wanted);
}

test("TCP: connections come from the load balancer's address and go to the targets in turn, except those that are down", async (t) => {
  const servers = [1, 2].map((n) =>
    createServer((c) => c.on("error", () => {}).end(`${n} saw ${c.remoteAddress}`)),
  );
  const targets = await Promise.all(
    servers.map(async (server, i) => ({
      id: `127.0.0.${i + 1}`,
      port: await listening(t, server, `127.0.0.${i + 1}`),
    })),
  );
  const balancers = new Balancers();
  t.teardown(() => balancers.configure([]));
  const port = await freePort();
  await balancers.configure([balancer({ port, protocol: "TCP", targets })]);
  await become(t, balancers, "healthy", "healthy");
  const ask = () => text(connect({ host: "127.0.0.9", port }));
  t.deepEqual([await ask(), await ask()].toSorted(), ["1 saw 127.0.0.9", "2 saw 127.0.0.9"]);

  await new Promise((resolve) => servers[0]?.close(resolve));
  await become(t, balancers, "unhealthy", "healthy");
  t.deepEqual([await ask(), await ask()], ["2 saw 127.0.0.9", "2 saw 127.0.0.9"]);
});

test("TCP: a connection outlives its target's deregistration", async (t) => {
  const server = createServer((c) => c.on("error", () => {}).pipe(c));
  const target = { id: "127.0.0.1", port: await listening(t, server, "127.0.0.1") };
  const balancers = new Balancers();
  t.teardown(() => balancers.configure([]));
  const port = await freePort();
  await balancers.configure([balancer({ port, protocol: "TCP", targets: [target] })]);
  const client = connect({ host: "127.0.0.9", port });
  t.teardown(() => client.destroy());
  const echo = (word: string) =>
    new Promise<string>((resolve) => {
      client.once("data", (data) => resolve(data.toString()));
      client.write(word);
    });
  t.is(await echo("before"), "before");
  await balancers.configure([balancer({ port, protocol: "TCP", targets: [] })]);
  t.is(await echo("after"), "after");
});

test("HTTP: the target learns the client's address; the status is 503 without targets, and 502 if the target is down", async (t) => {
  const server = createHttpServer((request, response) =>
    response.end(`for ${request.headers["x-forwarded-for"]}`),
  );
  const target = { id: "127.0.0.1", port: await listening(t, server, "127.0.0.1") };
  const balancers = new Balancers();
  t.teardown(() => balancers.configure([]));
  const port = await freePort();
  await balancers.configure([balancer({ port, protocol: "HTTP", targets: [target] })]);
  t.deepEqual(await fetchText(port), { status: 200, body: "for 127.0.0.1" });
  await balancers.configure([balancer({ port, protocol: "HTTP", targets: [] })]);
  t.is((await fetchText(port)).status, 503);
  await balancers.configure([balancer({ port, protocol: "HTTP", targets: [{ id: "127.0.0.1", port: 1 }] })]);
  t.is((await fetchText(port)).status, 502);
});

/** A certificate, and what a client needs to accept it. */
async function certified(t: ExecutionContext) {
  const folder = await mkdtemp(join(tmpdir(), "balancer-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await makeChain(folder);
  const read = (file: string) => readFile(join(folder, file), "utf8");
  return {
    tls: { certificate: await read("aws.pem"), key: await read("aws.key") },
    client: { ca: await read("ca.pem"), servername: "sts.amazonaws.com" },
  };
}

test("HTTPS: TLS ends at the load balancer, and HTTP is redirected to it under the name that the client used", async (t) => {
  const server = createHttpServer((request, response) =>
    response.end(`by ${request.headers["x-forwarded-proto"]}`),
  );
  const target = { id: "127.0.0.1", port: await listening(t, server, "127.0.0.1") };
  const { tls, client } = await certified(t);
  const balancers = new Balancers();
  t.teardown(() => balancers.configure([]));
  const [port, from] = [await freePort(), await freePort()];
  const web = {
    ...balancer({ port, protocol: "HTTP", targets: [target], tls }),
    redirects: [{ port: from, toPort: port, status: 301 }],
  } as const;
  await balancers.configure([web]);
  const body = await new Promise<string>((resolve, reject) => {
    getHttps({ host: "127.0.0.9", port, agent: false, ...client }, (response) =>
      text(response).then(resolve, reject),
    ).on("error", reject);
  });
  t.is(body, "by https");
  const redirected = await new Promise<readonly [number | undefined, string | undefined]>(
    (resolve, reject) => {
      const headers = { host: `web.example.com:${from}` };
      get({ host: "127.0.0.9", port: from, agent: false, path: "/a?b=1", headers }, (response) => {
        response.resume();
        resolve([response.statusCode, response.headers.location]);
      }).on("error", reject);
    },
  );
  t.deepEqual(redirected, [301, `https://web.example.com:${port}/a?b=1`]);

  // Without TLS again, on the same ports.
  await balancers.configure([balancer({ port: from, protocol: "HTTP", targets: [target] })]);
  t.deepEqual(await fetchText(from), { status: 200, body: "by http" });
});

test("TLS: a network load balancer hands on what is in it, as TCP", async (t) => {
  const server = createServer((c) => c.on("error", () => {}).end("plain"));
  const target = { id: "127.0.0.1", port: await listening(t, server, "127.0.0.1") };
  const { tls, client } = await certified(t);
  const balancers = new Balancers();
  t.teardown(() => balancers.configure([]));
  const port = await freePort();
  await balancers.configure([balancer({ port, protocol: "TCP", targets: [target], tls })]);
  t.is(await text(connectTls({ host: "127.0.0.9", port, ...client })), "plain");
});
