/** The web server: `/` counts and shows the page, `/health` is for load balancers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Hits, RedisAway } from "./hits.ts";
import { hitsPage, redisAwayPage } from "./page.ts";

export interface ServerOptions {
  readonly hits: Hits;
  /** Name of the machine, shown on the page. */
  readonly host: string;
  /** TCP port to listen on; 0 takes a free one. */
  readonly port: number;
  /**
   * How long `/health` says 503 while requests are still served, before the port closes. As long as the load balancer
   * needs to notice (interval × unhealthy threshold), no visitor meets a closed port.
   */
  readonly drainSeconds: number;
}

export interface HitServer {
  readonly port: number;
  /** Drains, finishes the requests that are under way, closes the port and the connection to Redis. */
  stop(): Promise<void>;
}

/** Listens; throws what the socket says, for example EADDRINUSE. */
export async function startServer({ hits, host, port, drainSeconds }: ServerOptions): Promise<HitServer> {
  let draining = false;
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(`${request.method} ${request.url}:`, error);
      response.destroy();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return send(response, 405, "text/plain", "Only GET and HEAD.\n");
    }
    // The page stays while Redis is away, and says what is wrong.
    if (path === "/health") {
      return send(response, draining ? 503 : 200, "text/plain", draining ? "draining\n" : "ok\n");
    }
    if (path !== "/") return send(response, 404, "text/plain", "There is only / and /health here.\n");
    // A HEAD is a probe, not a visit.
    if (request.method === "HEAD") return send(response, 200, "text/html", "");
    const scene = { host, from: request.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "nowhere" };
    try {
      send(response, 200, "text/html", hitsPage(await hits.count(), scene));
    } catch (error) {
      if (!(error instanceof RedisAway)) throw error;
      response.setHeader("retry-after", "5");
      send(response, 503, "text/html", redisAwayPage(hits.redis, error.message, scene));
    }
  }

  function send(response: ServerResponse, status: number, type: string, body: string): void {
    // Otherwise a client that keeps its connection would hold up the stop.
    if (draining) response.setHeader("connection", "close");
    response.writeHead(status, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" });
    response.end(body);
  }

  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      draining = true;
      await sleep(drainSeconds * 1000);
      await new Promise((closed) => server.close(closed));
      hits.close();
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
