/**
 * What a node asks by name, as a process in its namespace: `names.ts SERVER REGION`. Twenty names a second that no cache
 * has, and twenty HTTPS requests a second to the endpoint of ECS, which try one address after the other, 250 ms each.
 * Prints a line of JSON for each: kind, when it began, milliseconds or null. Ends with stdin.
 */
import { Resolver } from "node:dns/promises";
import { request } from "node:https";
import type { LookupFunction } from "node:net";

const [server = "", region = ""] = process.argv.slice(2);
const resolver = new Resolver({ timeout: 5000, tries: 1 });
resolver.setServers([server]);
const now = () => performance.timeOrigin + performance.now();
let asked = 0;

function note(kind: "lookup" | "request", work: Promise<unknown>): void {
  const began = now();
  const say = (milliseconds: number | null) =>
    process.stdout.write(`${JSON.stringify([kind, began, milliseconds])}\n`);
  work.then(
    () => say(now() - began),
    () => say(null),
  );
}

const host = `ecs.${region}.amazonaws.com`;
const fetchOnce = (addresses: readonly string[]) =>
  new Promise((resolve, reject) => {
    const lookup: LookupFunction = (_name, _options, found) =>
      found(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      );
    request({ host, method: "HEAD", agent: false, signal: AbortSignal.timeout(10_000), lookup }, (response) =>
      response.on("end", resolve).on("error", reject).resume(),
    )
      .on("error", reject)
      .end();
  });

setInterval(() => {
  note("lookup", resolver.resolve4(`probe-${Date.now()}-${asked++}.s3.${region}.amazonaws.com`));
  note("request", resolver.resolve4(host).then(fetchOnce));
}, 50);
process.stdin.on("end", () => process.exit()).resume();
