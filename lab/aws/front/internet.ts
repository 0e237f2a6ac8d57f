/** The public address: AWS's hosts by name over TLS, and a plain mirror of Debian packages on port 80. */
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Account } from "../account.ts";
import { type DoorLog, hostOf, passageHeaders } from "./doors.ts";
import { guarded, type Hosts, serveHost } from "./hosts.ts";
import { below, send, sendFile } from "./http.ts";

export interface Internet {
  readonly address: string;
  readonly httpsPort: number;
  readonly httpPort: number;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly hosts: Hosts;
  /** Folder that port 80 serves. */
  readonly mirror: string;
}

async function serveMirror(folder: string, request: IncomingMessage, response: ServerResponse) {
  const file = below(folder, new URL(request.url ?? "/", "http://localhost").pathname);
  if (file === undefined || !(await sendFile(response, file)))
    send(response, 404, { "content-type": "text/plain" }, "not here\n");
}

/** Opens both ports; resolves when they listen. Returns a function that closes them. */
export async function openInternet(aws: Account, internet: Internet, log: DoorLog): Promise<() => void> {
  const { address, certificate: cert, key, httpsPort, httpPort, mirror, hosts } = internet;
  const noted = (act: (q: IncomingMessage, r: ServerResponse) => Promise<void>) =>
    guarded((request, response) => {
      const from = request.socket.remoteAddress ?? "";
      log.note({ door: "internet", host: hostOf(request.headers), from });
      // Only the endpoints' own process may set this header.
      delete request.headers[passageHeaders.endpoint];
      return act(request, response);
    });
  const tls = createTlsServer(
    { cert, key },
    noted((q, r) => serveHost(aws, hosts, q, r)),
  );
  // Agents hold a poll for 20 s, so connections are worth keeping for longer than that.
  tls.keepAliveTimeout = 65_000;
  const plain = createPlainServer(noted((q, r) => serveMirror(mirror, q, r)));
  const listening = (server: typeof plain | typeof tls, port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, address, resolve);
    });
  await Promise.all([listening(tls, httpsPort), listening(plain, httpPort)]);
  return () => {
    for (const server of [tls, plain]) {
      server.close();
      server.closeAllConnections();
    }
  };
}
