/** A process of ours in the VPC's namespace, configured and queried over a unix socket, which crosses namespaces. */
import { rmSync } from "node:fs";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { paths } from "../../world/paths.ts";
import { alive, start } from "../../world/process.ts";
import { until } from "../../world/run.ts";
import { vpc } from "../../world/topology.ts";

export interface VpcProcess {
  /** Sends the whole configuration. Starts the process if it does not run, unless it would be idle. */
  configure(config: unknown, idle: boolean): Promise<void>;
  /** Returns the process's observations as JSON, or undefined while it does not run. */
  observe(): Promise<string | undefined>;
}

/** Whether the process does not listen: not yet, or no longer. */
const isAbsent = (error: unknown) =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ECONNREFUSED");

function unlessAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error;
}

/** @param program file of the process, which ends in a call of `serveVpcProcess` */
export function vpcProcess(name: string, program: string): VpcProcess {
  const socketPath = join(paths.run, `${name}.sock`);
  const ask = (method: "GET" | "PUT", body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const call = request({ socketPath, method, path: "/", timeout: 5000 }, (response) => {
        text(response).then(
          (reply) => (response.statusCode === 200 ? resolve(reply) : reject(new Error(reply))),
          reject,
        );
      });
      call.on("error", reject).on("timeout", () => call.destroy(new Error(`${name}: no answer within 5 s`)));
      call.end(body);
    });
  return {
    async configure(config, idle) {
      if (alive(name) === undefined) {
        if (idle) return;
        start(name, [process.execPath, program, socketPath], { netns: vpc });
      }
      const log = join(paths.log, `${name}.log`);
      await until(
        () => ask("PUT", JSON.stringify(config)).catch(unlessAbsent),
        () => new Error(`${name}: not up within 10 s; look into ${log}`),
        { seconds: 10 },
      );
    },
    observe: () =>
      alive(name) === undefined ? Promise.resolve(undefined) : ask("GET", "").catch(unlessAbsent),
  };
}

/**
 * Serves the socket in the process itself: PUT / takes the configuration, GET / returns the observations.
 * @param configure called for one configuration at a time; comes from our own data plane, of the same version
 */
export function serveVpcProcess<C>(configure: (config: C) => Promise<void>, observe: () => unknown): void {
  const [socketPath] = process.argv.slice(2);
  if (socketPath === undefined) throw new Error("usage: node main.ts SOCKET");
  let last: Promise<void> = Promise.resolve();
  const server = createServer(async (incoming, response) => {
    try {
      if (incoming.method === "PUT") {
        const config: C = JSON.parse(await text(incoming));
        last = last.catch(() => undefined).then(() => configure(config));
        await last;
      }
      response.end(JSON.stringify(observe()));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  rmSync(socketPath, { force: true });
  server.listen(socketPath);
}
