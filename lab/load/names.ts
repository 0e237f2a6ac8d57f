/**
 * A node's queries and requests by name, as a process in its namespace: `names.ts SERVER REGION`. Twenty names a second
 * that no cache has, and HTTPS requests to the endpoint of ECS, a new connection each: twenty a second by a client that
 * gives an address 250 ms before it tries the next one, and four a second by one that gives it 15 s. Prints a line of
 * JSON for each: kind, when it began, milliseconds or null. Ends with stdin.
 */
import { Resolver } from "node:dns/promises";
import { Agent, request } from "node:https";
import type { LookupFunction } from "node:net";

export type Kind = "lookup" | "quick" | "agent";
export type Note = readonly [kind: Kind, began: number, milliseconds: number | null];

/**
 * By the time for one address: Node's own default, and Go's for the first of two addresses in a dial of at most 30 s.
 */
const each = { keepAlive: false, maxCachedSessions: 0 };
const clients = {
  quick: { agent: new Agent({ ...each, autoSelectFamilyAttemptTimeout: 250 }), timeoutMs: 10_000 },
  agent: { agent: new Agent({ ...each, autoSelectFamilyAttemptTimeout: 15_000 }), timeoutMs: 30_000 },
};

const [server = "", region = ""] = process.argv.slice(2);
const resolver = new Resolver({ timeout: 5000, tries: 1 });
resolver.setServers([server]);
const now = () => performance.timeOrigin + performance.now();
let asked = 0;

function note(kind: Kind, work: Promise<unknown>): void {
  const began = now();
  const say = (milliseconds: number | null) =>
    process.stdout.write(`${JSON.stringify([kind, began, milliseconds] satisfies Note)}\n`);
  work.then(
    () => say(now() - began),
    () => say(null),
  );
}

const host = `ecs.${region}.amazonaws.com`;
const fetchOnce = (kind: keyof typeof clients) => (addresses: readonly string[]) =>
  new Promise((resolve, reject) => {
    const lookup: LookupFunction = (_name, _options, found) =>
      found(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      );
    const { agent, timeoutMs } = clients[kind];
    const signal = AbortSignal.timeout(timeoutMs);
    request({ host, method: "HEAD", agent, signal, lookup }, (response) =>
      response.on("end", resolve).on("error", reject).resume(),
    )
      .on("error", reject)
      .end();
  });

setInterval(() => {
  note("lookup", resolver.resolve4(`probe-${Date.now()}-${asked++}.s3.${region}.amazonaws.com`));
  note("quick", resolver.resolve4(host).then(fetchOnce("quick")));
}, 50);
setInterval(() => note("agent", resolver.resolve4(host).then(fetchOnce("agent"))), 250);
process.stdin.on("end", () => process.exit()).resume();
