import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { request } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import test, { type ExecutionContext } from "ava";
import { type LinksConfig, PrivateLinks } from "../../../../lab/aws/data-plane/private-link/links.ts";
import { makeChain } from "../../../../lab/world/ca.ts";

const address = "127.0.0.21";
const name = "ssm.us-east-1.amazonaws.com";
const endpoint = (id: string, names: string[]) => ({
  id,
  names,
  addresses: [{ zone: "us-east-1a", address }],
});

let folder = "";
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lab-links-"));
  await makeChain(join(folder, "ca"));
});
test.after.always(() => rm(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts endpoints in front of a service on a unix socket; both end with the test. */
async function linked(t: ExecutionContext, service: RequestListener) {
  const upstream = join(folder, `${t.title.replaceAll(/\W/g, "").slice(-40)}.sock`);
  const server = createServer(service);
  await new Promise<void>((resolve) => server.listen(upstream, resolve));
  const at = (file: string) => join(folder, "ca", file);
  const config: LinksConfig = {
    upstream,
    certificate: at("aws.pem"),
    key: at("aws.key"),
    port: await freePort(),
    endpoints: [endpoint("vpce-1", [name])],
  };
  const links = new PrivateLinks();
  await links.configure(config);
  t.teardown(async () => {
    await links.configure({ ...config, endpoints: [] });
    server.closeAllConnections();
    server.close();
  });
  return { links, config };
}

interface Asked {
  readonly port: number;
  readonly host?: string;
  readonly servername?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable;
}

/** The certificate is checked by the chain that the endpoint sends, up to the root. */
async function ask(asked: Asked): Promise<IncomingMessage> {
  const { host = name, servername = host, port, headers = {}, body } = asked;
  const call = request({
    host: address,
    port,
    servername,
    ca: readFileSync(join(folder, "ca", "ca.pem")),
    agent: false,
    method: body === undefined ? "GET" : "POST",
    path: "/some/path?query",
    headers: { host, ...headers },
  });
  return new Promise((resolve, reject) => {
    call.on("response", resolve).on("error", reject);
    if (body === undefined) call.end();
    else body.pipe(call);
  });
}

test("a request for the service is forwarded with the endpoint's id and the client's address", async (t) => {
  const { config } = await linked(t, (incoming, response) => {
    response.setHeader("x-of-service", "yes");
    response.writeHead(202).end(JSON.stringify({ url: incoming.url, headers: incoming.headers }));
  });
  const forged = { "x-lab-endpoint": "vpce-9", "x-lab-from": "192.0.2.1", "x-amz-target": "A.B" };
  const answer = await ask({ port: config.port, headers: forged });
  t.is(answer.statusCode, 202);
  t.is(answer.headers["x-of-service"], "yes");
  const seen = JSON.parse(await text(answer));
  t.is(seen.url, "/some/path?query");
  t.like(seen.headers, {
    host: name,
    "x-amz-target": "A.B",
    "x-lab-endpoint": "vpce-1",
    "x-lab-from": "127.0.0.1",
  });
});

test("a name of another service gets no TLS connection, and no answer over the endpoint's own", async (t) => {
  const { config, links } = await linked(t, (_, response) => response.end("should not be asked"));
  const other = "ecs.us-east-1.amazonaws.com";
  await t.throwsAsync(ask({ port: config.port, host: other }), { code: "ECONNRESET" });
  t.is((await ask({ port: config.port, host: other, servername: name })).statusCode, 403);
  // The endpoint changes to the other service: the same listener, other names.
  await links.configure({ ...config, endpoints: [endpoint("vpce-2", ["*.us-east-1.amazonaws.com"])] });
  t.is((await ask({ port: config.port, host: other })).statusCode, 200);
});

test("bodies of many megabytes pass in both directions", async (t) => {
  const { config } = await linked(t, (incoming, response) => incoming.pipe(response));
  const part = Buffer.alloc(64 * 1024, "x");
  const parts = 200;
  const body = Readable.from(
    (function* () {
      for (let i = 0; i < parts; i++) yield part;
    })(),
  );
  let length = 0;
  for await (const chunk of await ask({ port: config.port, body })) length += (chunk as Buffer).length;
  t.is(length, parts * part.length);
});

test("when a client hangs up during a long poll, the poll ends", async (t) => {
  const gone = new Promise<void>((resolve) => {
    void linked(t, (_, response) => {
      response.on("close", resolve);
      response.flushHeaders();
    }).then(async ({ config }) => (await ask({ port: config.port })).destroy());
  });
  await t.notThrowsAsync(gone);
});

test("a removed endpoint stops listening; an endpoint whose service is down says so", async (t) => {
  const { config, links } = await linked(t, (incoming) => incoming.socket.destroy());
  t.is((await ask({ port: config.port })).statusCode, 503);
  t.deepEqual(links.observe(), [address]);
  await links.configure({ ...config, endpoints: [] });
  await t.throwsAsync(ask({ port: config.port }), { code: "ECONNREFUSED" });
});
