/** The load balancers' process: PUT / takes the configuration, GET / gives the targets' health, on a unix socket. */
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import type { DesiredLoadBalancer } from "../../data-plane.ts";
import { Balancers } from "./balancers.ts";

const [socketPath] = process.argv.slice(2);
if (socketPath === undefined) throw new Error("usage: node main.ts SOCKET");

const balancers = new Balancers();
let last: Promise<void> = Promise.resolve();

const server = createServer(async (incoming, response) => {
  try {
    if (incoming.method === "PUT") {
      // The client is our own data plane, of the same version.
      const wanted: readonly DesiredLoadBalancer[] = JSON.parse(await text(incoming));
      last = last.catch(() => undefined).then(() => balancers.configure(wanted));
      await last;
    }
    response.end(JSON.stringify(balancers.observe()));
  } catch (error) {
    response.writeHead(500).end(`load balancers: ${error}`);
  }
});
rmSync(socketPath, { force: true });
server.listen(socketPath);
