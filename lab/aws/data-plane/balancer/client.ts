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

/** Not listening yet, or no more. */
const isAbsent = (error: unknown) =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ECONNREFUSED");

const unlessAbsent = (error: unknown): undefined => {
  if (!isAbsent(error)) throw error;
};

/** Makes these all the load balancers there are. */
export async function configureBalancer(balancers: readonly DesiredLoadBalancer[]): Promise<void> {
  if (alive(name) === undefined) {
    if (balancers.length === 0) return;
    start(name, [process.execPath, join(import.meta.dirname, "main.ts"), socketPath], { netns: vpc });
  }
  const log = join(paths.log, `${name}.log`);
  await until(
    () => ask("PUT", JSON.stringify(balancers)).catch(unlessAbsent),
    () => new Error(`load balancers: not up within 10 s; look into ${log}`),
    { seconds: 10 },
  );
}

/** Health of all targets; none while there is no load balancer. */
export async function targetHealth(): Promise<readonly ObservedTarget[]> {
  if (alive(name) === undefined) return [];
  const answer = await ask("GET", "").catch(unlessAbsent);
  const targets = observed.parse(JSON.parse(answer ?? "[]"));
  return targets.map(({ reason, ...target }) => ({ ...target, ...(reason === undefined ? {} : { reason }) }));
}
