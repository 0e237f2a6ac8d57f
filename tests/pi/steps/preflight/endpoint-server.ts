/**
 * The endpoints' TLS servers: `node endpoint-server.ts FOLDER ADDRESS…`. FOLDER/behavior.json says how each
 * answers, and is read again for every connection.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import type { CertificateKind } from "./certificates.ts";

/** What all endpoints do. Default: answer as AWS does. */
export interface Behavior {
  readonly certificate?: CertificateKind;
  /** Added to the Date header. */
  readonly dateSeconds?: number;
  /** Accepts connections and sends nothing. */
  readonly silent?: boolean;
  /** Ends connections instead of an answer. */
  readonly hangsUp?: boolean;
}

const [folder = "", ...addresses] = process.argv.slice(2);
const behavior = (): Behavior => JSON.parse(readFileSync(join(folder, "behavior.json"), "utf8")) as Behavior;
const read = (file: string) => readFileSync(join(folder, file));

const https = createServer(
  {
    SNICallback: (_name, done) => {
      const { certificate = "good" } = behavior();
      done(null, createSecureContext({ cert: read(`${certificate}.pem`), key: read(`${certificate}.key`) }));
    },
  },
  (request, response) => {
    const { dateSeconds = 0, hangsUp } = behavior();
    if (hangsUp) {
      request.socket.destroy();
      return;
    }
    response.setHeader("Date", new Date(Date.now() + dateSeconds * 1000).toUTCString());
    // As AWS answers an unsigned request.
    response.writeHead(403).end("no signature\n");
  },
);
for (const address of addresses) {
  const tcp = createTcpServer((socket) => {
    socket.on("error", () => {});
    if (!behavior().silent) https.emit("connection", socket);
  });
  tcp.listen(443, address);
}
