/** The door of the VPC's interface endpoints: a unix socket, over which their process hands requests on. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { Account } from "../account.ts";
import { type DoorLog, hostOf, passageHeaders } from "./doors.ts";
import { refusalOf } from "./endpoint-policy.ts";
import { guarded, type Hosts, serveHost } from "./hosts.ts";
import { send } from "./http.ts";
import { listenOn } from "./listen.ts";

const header = (headers: IncomingHttpHeaders, name: string) => String(headers[name] ?? "");

/** Opens the door. Returns a function that closes it. */
export function openPrivateDoor(aws: Account, path: string, hosts: Hosts, log: DoorLog): Promise<() => void> {
  const server = createServer(
    guarded(async (request, response) => {
      const { headers } = request;
      const door = header(headers, passageHeaders.endpoint);
      log.note({ door, host: hostOf(headers), from: header(headers, passageHeaders.from) });
      const refusal = refusalOf(aws, door, request);
      if (refusal) return send(response, 403, refusal.headers, refusal.body);
      return serveHost(aws, hosts, request, response);
    }),
  );
  return listenOn(path, server);
}
