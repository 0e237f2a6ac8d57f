/** One listener on one address: hands connections (TCP) or requests (HTTP) to the targets of a group in turn, or redirects. */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { DesiredListener, DesiredRedirect } from "../contract.ts";
import type { TargetGroup } from "./target-group.ts";

/** The targets see the load balancer's address: client addresses are not preserved for IP targets over TCP. */
function forwardTcp(client: Socket, from: string, group: TargetGroup): void {
  client.on("error", () => client.destroy());
  const target = group.pick();
  if (target === undefined) {
    client.resetAndDestroy();
    return;
  }
  const upstream = connect({ host: target.id, port: target.port, localAddress: from, allowHalfOpen: true });
  group.track(target, upstream);
  upstream.on("error", () => client.resetAndDestroy());
  upstream.on("close", () => client.destroy());
  client.on("close", () => upstream.destroy());
  client.pipe(upstream).pipe(client);
}

function answer(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) response.destroy();
  else
    response
      .writeHead(status, { server: "awselb/2.0", "content-type": "text/plain" })
      .end(`${status} ${text}\n`);
}

function forwardHttp(
  incoming: IncomingMessage,
  response: ServerResponse,
  from: string,
  group: TargetGroup,
): void {
  const target = group.pick();
  if (target === undefined) {
    answer(response, 503, "Service Temporarily Unavailable");
    return;
  }
  const client = incoming.socket.remoteAddress ?? "";
  const before = incoming.headers["x-forwarded-for"];
  const headers = {
    ...incoming.headers,
    "x-forwarded-for": before === undefined ? client : `${before}, ${client}`,
    "x-forwarded-proto": "encrypted" in incoming.socket ? "https" : "http",
    "x-forwarded-port": String(incoming.socket.localPort),
  };
  const options = { host: target.id, port: target.port, localAddress: from, agent: false };
  const { method, url: path } = incoming;
  const upstream = request({ ...options, method, path, headers, timeout: 60_000 }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(response);
  });
  upstream.on("socket", (socket) => group.track(target, socket));
  upstream.on("timeout", () => upstream.destroy());
  upstream.on("error", () => answer(response, 502, "Bad Gateway"));
  response.on("close", () => upstream.destroy());
  incoming.pipe(upstream);
}

function serverOf(
  address: string,
  { protocol, tls }: Pick<DesiredListener, "protocol" | "tls">,
  group: TargetGroup,
): Server {
  const onRequest = (incoming: IncomingMessage, response: ServerResponse) =>
    forwardHttp(incoming, response, address, group);
  const onClient = (client: Socket) => forwardTcp(client, address, group);
  if (tls) {
    const options = { cert: tls.certificate, key: tls.key, minVersion: "TLSv1.2" } as const;
    return protocol === "HTTP" ? createHttpsServer(options, onRequest) : createTlsServer(options, onClient);
  }
  return protocol === "HTTP" ? createHttpServer(onRequest) : createServer({ allowHalfOpen: true }, onClient);
}

/** Starts to listen; rejects if the address or the port is not available. */
function started(server: Server, port: number, address: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => resolve(server));
  });
}

export const listen = (
  address: string,
  listener: Pick<DesiredListener, "port" | "protocol" | "tls">,
  group: TargetGroup,
): Promise<Server> => started(serverOf(address, listener, group), listener.port, address);

/** Answers every request with a redirect to HTTPS, under the name that the client used. */
export function redirect(address: string, { port, toPort, status }: DesiredRedirect): Promise<Server> {
  const server = createHttpServer((incoming, response) => {
    const host = (incoming.headers.host ?? address).replace(/:\d+$/, "");
    response
      .writeHead(status, { server: "awselb/2.0", location: `https://${host}:${toPort}${incoming.url}` })
      .end();
  });
  return started(server, port, address);
}
