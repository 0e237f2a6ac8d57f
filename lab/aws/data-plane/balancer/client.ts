/** Speaks with the load balancers' process, which lives in the VPC's namespace; starts it when it is not there. */
import { request } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { paths } from "../../../world/paths.ts";
import { alive, start } from "../../../world/process.ts";
import { until } from "../../../world/run.ts";
import { vpc } from "../../../world/topology.ts";
import type { DesiredLoadBalancer, ObservedTarget } from "../../data-plane.ts";

const name = "load-balancers";
/** Sockets in the file system cross network namespaces. */
const socketPath = join(paths.run, `${name}.sock`);

const observed = z.array(
  z.strictObject({
    targetGroupArn: z.string(),
    id: z.string(),
    port: z.number(),
    state: z.enum(["initial", "healthy", "unhealthy"]),
    reason: z.string().optional(),
  }),
);

function ask(method: "GET" | "PUT", body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path: "/", timeout: 5000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => (response.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    });
    call
      .on("error", reject)
      .on("timeout", () => call.destroy(new Error("load balancers: no answer within 5 s")));
    call.end(body);
  });
}

/** Makes these all the load balancers there are. */
export async function configureBalancer(balancers: readonly DesiredLoadBalancer[]): Promise<void> {
  if (alive(name) === undefined) {
    if (balancers.length === 0) return;
    start(name, [process.execPath, join(import.meta.dirname, "main.ts"), socketPath], { netns: vpc });
  }
  const body = JSON.stringify(balancers);
  const answered = () =>
    ask("PUT", body).then(
      () => true,
      (error: Error & { code?: string }) => {
        // Not listening yet.
        if (error.code === "ENOENT" || error.code === "ECONNREFUSED") return undefined;
        throw error;
      },
    );
  const log = join(paths.log, `${name}.log`);
  await until(answered, () => new Error(`load balancers: not up within 10 s; look into ${log}`), {
    seconds: 10,
  });
}

export async function targetHealth(): Promise<readonly ObservedTarget[]> {
  if (alive(name) === undefined) return [];
  const targets = observed.parse(JSON.parse(await ask("GET", "")));
  return targets.map(({ reason, ...target }) => ({ ...target, ...(reason === undefined ? {} : { reason }) }));
}
