/**
 * The interface endpoints of the VPC: each of their addresses terminates TLS and hands the requests for its service to
 * the simulated AWS. The security groups decide which clients get through (`security.ts`).
 */
import { readFileSync } from "node:fs";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { hostOf, passageHeaders } from "../../front/doors.ts";
import type { DesiredEndpoint } from "../../private-network.ts";
import { covers } from "../names.ts";

export interface LinksConfig {
  /** Unix socket on which the simulated AWS receives what comes through an endpoint. */
  readonly upstream: string;
  /** PEM files: the certificate with its chain, and its key. */
  readonly certificate: string;
  readonly key: string;
  /** 443, except in tests. */
  readonly port: number;
  readonly endpoints: readonly Pick<DesiredEndpoint, "id" | "names" | "addresses">[];
}

type Endpoint = LinksConfig["endpoints"][number];

const plain = { "content-type": "text/plain", connection: "close" };

function handOn(
  { id, names }: Endpoint,
  upstream: string,
  incoming: IncomingMessage,
  response: ServerResponse,
): void {
  if (!covers(names, hostOf(incoming.headers))) {
    response.writeHead(403, plain).end("not a name of this endpoint's service\n");
    return;
  }
  const { method, url: path, socket } = incoming;
  const headers = {
    ...incoming.headers,
    [passageHeaders.endpoint]: id,
    [passageHeaders.from]: socket.remoteAddress ?? "",
  };
  const call = request({ socketPath: upstream, method, path, headers, agent: false }, (reply) => {
    // The connection to the upstream is separate from the client's.
    const { connection: _, "keep-alive": __, ...kept } = reply.headers;
    response.writeHead(reply.statusCode ?? 502, kept).flushHeaders();
    reply.on("error", () => response.destroy());
    reply.pipe(response);
  });
  call.on("error", (error) => {
    console.error(`${method} ${headers.host}${path}: ${String(error)}`);
    if (response.headersSent) response.destroy();
    else response.writeHead(503, plain).end("the service does not answer\n");
  });
  // A poll is held for 20 s: end the upstream call when the client hangs up.
  response.on("close", () => call.destroy());
  // Written in one go: if the service ended between two writes, the answer would be lost.
  const body: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => body.push(chunk)).on("end", () => call.end(Buffer.concat(body)));
}

class Listener {
  readonly #server: Server;
  endpoint: Endpoint;

  constructor(endpoint: Endpoint, { certificate, key, upstream }: LinksConfig) {
    this.endpoint = endpoint;
    this.#server = createServer(
      {
        cert: readFileSync(certificate),
        key: readFileSync(key),
        // AWS's certificate would not be valid for the name, so a client would give up.
        SNICallback: (name, done) =>
          done(covers(this.endpoint.names, name) ? null : new Error(`${name}: not a name of ${endpoint.id}`)),
      },
      (incoming, response) => handOn(this.endpoint, upstream, incoming, response),
    );
    // Agents hold a poll for 20 s, so connections are worth keeping for longer than that.
    this.#server.keepAliveTimeout = 65_000;
    // Uploads have no time limit.
    this.#server.requestTimeout = 0;
  }

  listen(address: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, address, resolve);
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** All endpoints. Listeners come and go with the configuration; those that stay keep their connections. */
export class PrivateLinks {
  readonly #listeners = new Map<string, Listener>();

  async configure(config: LinksConfig): Promise<void> {
    const wanted = new Map(
      config.endpoints.flatMap((endpoint) =>
        endpoint.addresses.map(({ address }) => [address, endpoint] as const),
      ),
    );
    for (const [address, listener] of this.#listeners) {
      if (wanted.has(address)) continue;
      listener.close();
      this.#listeners.delete(address);
    }
    for (const [address, endpoint] of wanted) {
      const there = this.#listeners.get(address);
      if (there !== undefined) {
        there.endpoint = endpoint;
        continue;
      }
      const listener = new Listener(endpoint, config);
      await listener.listen(address, config.port);
      this.#listeners.set(address, listener);
    }
  }

  observe(): readonly string[] {
    return [...this.#listeners.keys()];
  }
}
