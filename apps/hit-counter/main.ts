/**
 * Runs the hit counter. Environment:
 *
 * - `REDIS_HOST` (required): the address of the node that runs Redis
 * - `REDIS_PORT` (6379), `PORT` (8080)
 * - `DRAIN_SECONDS` (0): see `ServerOptions.drainSeconds`; ECS kills the container 30 s after SIGTERM
 * - `HOST_NAME_FILE` (/run/host/hostname): the node's own /etc/hostname, mounted; missing, the container's name is shown
 */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { connectHits } from "./hits.ts";
import { startServer } from "./server.ts";

const redisHost = process.env.REDIS_HOST;
if (redisHost === undefined || redisHost === "") {
  console.error(
    "REDIS_HOST: not set: the page needs to know where Redis is; set it to the address of the node that runs Redis",
  );
  process.exit(2);
}

const redis = { host: redisHost, port: number("REDIS_PORT", 6379, 1, 65535) };
const server = await startServer({
  hits: connectHits(redis),
  host: machineName(),
  port: number("PORT", 8080, 0, 65535),
  drainSeconds: number("DRAIN_SECONDS", 0, 0, 25),
});
console.log(`Listening on port ${server.port}; hits are kept in Redis at ${redis.host}:${redis.port}.`);

// As PID 1 of a container the process has no default action for signals: unhandled, SIGTERM would do nothing.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    console.log(`${signal}: finishing the requests under way.`);
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}

function number(name: string, fallback: number, min: number, max: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  console.error(
    `${name}: ${text}: must be a whole number from ${min} to ${max}; set it so, or leave it out for ${fallback}`,
  );
  return process.exit(2);
}

function machineName(): string {
  try {
    return readFileSync(process.env.HOST_NAME_FILE ?? "/run/host/hostname", "utf8").trim() || hostname();
  } catch {
    return hostname();
  }
}
