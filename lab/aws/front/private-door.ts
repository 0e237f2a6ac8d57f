/** The door of the VPC's interface endpoints: a unix socket, on which their process hands requests on. */
import { rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { Aws } from "../aws.ts";
import { type DoorLog, hostOf, passageHeaders } from "./doors.ts";
import { refusalOf } from "./endpoint-policy.ts";
import { guarded, type Hosts, serveHost } from "./hosts.ts";
import { send } from "./http.ts";

const header = (headers: IncomingHttpHeaders, name: string) => String(headers[name] ?? "");

/** Opens it. Returns how to close it. */
export const openPrivateDoor = async (
  aws: Aws,
  path: string,
  hosts: Hosts,
  log: DoorLog,
): Promise<() => void> => {
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
  // Left behind by a run that was killed.
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return () => {
    server.close();
    server.closeAllConnections();
  };
};
