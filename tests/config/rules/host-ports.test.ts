import test from "ava";
import fc from "fast-check";
import { InvalidInput } from "../../../config/errors.ts";
import { parse } from "../../../config/parse.ts";
import { clashes, type Taker } from "../../../config/rules/service/host-ports.ts";

const hostKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}`;
const host = (n: number, more: object = {}) => ({ address: `192.168.1.${n}`, hostKey, ...more });
const node = (n: number, attributes: object, more: object = {}) => host(n, { node: { attributes }, ...more });

function problemsOf(
  services: object,
  {
    hosts = {
      gateway: host(196),
      "pi-1": node(101, { pi: "1" }),
      "pi-2": node(102, {}),
      "pi-3": node(103, {}),
    },
    site = {},
  }: { hosts?: object; site?: object } = {},
): readonly string[] {
  const base = { cidr: "192.168.1.0/24", publicAddress: "198.51.100.7", gateway: "gateway" };
  try {
    parse(
      { site: { ...base, ...site }, hosts, services, resolver: { inbound: {} }, privateEndpoints: {} },
      "us-east-1",
    );
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.message.split("\n");
    throw error;
  }
}

const takes = (port: number, more: object = {}, protocol = "tcp") => ({
  image: "example/web:1",
  memoryMiB: 64,
  network: { mode: "bridge", ports: [{ host: port, container: 80, protocol }] },
  ...more,
});
const pinned = { placement: { attributes: { pi: "1" } } };

test("two services that only one node can run clash, beside one that can go elsewhere", (t) => {
  t.deepEqual(problemsOf({ a: takes(8080), b: takes(8080, pinned), c: takes(8080, pinned) }), [
    "services.c.network.ports: tcp/8080: must not be shared with services.b: 2 tasks do not fit on 1 node; choose another host port, or place them on different nodes",
  ]);
  t.deepEqual(problemsOf({ a: takes(8080, { desiredCount: 2 }), b: takes(8080, pinned) }), []);
  t.deepEqual(problemsOf({ a: takes(8080, pinned), b: takes(8080, pinned, "udp") }), []);
});

test("services cannot use ports on which the nodes themselves listen", (t) => {
  const gateway = { hosts: { gateway: node(196, {}), "pi-1": node(101, { pi: "1" }, { port: 2222 }) } };
  const remedy = "choose another host port, or place the service on other nodes";
  t.deepEqual(
    problemsOf({ web: takes(2222), ike: takes(500, {}, "udp"), ipsec: takes(4500, {}, "udp") }, gateway),
    [
      `services.web.network.ports: tcp/2222: must not be the port of sshd (hosts.pi-1.port) on pi-1, where a task may be placed; ${remedy}`,
      `services.ike.network.ports: udp/500: must not be the port of the VPN (site.gateway) on gateway, where a task may be placed; ${remedy}`,
      `services.ipsec.network.ports: udp/4500: must not be the port of the VPN (site.gateway) on gateway, where a task may be placed; ${remedy}`,
    ],
  );
  t.deepEqual(problemsOf({ ipsec: takes(4500, pinned, "udp") }, gateway), [], "elsewhere it is free");
  const dns = { at: "nodes", server: "dnsmasq" };
  t.deepEqual(problemsOf({ web: takes(53, pinned), names: takes(53, pinned, "udp") }, { site: { dns } }), [
    `services.web.network.ports: tcp/53: must not be the port of the DNS server (site.dns) on pi-1, where a task may be placed; ${remedy}`,
    `services.names.network.ports: udp/53: must not be the port of the DNS server (site.dns) on pi-1, where a task may be placed; ${remedy}`,
  ]);
  t.deepEqual(problemsOf({ names: takes(53, pinned, "udp") }), []);
});

/** Returns whether all tasks find a node of their own, by trying all combinations. */
function fits(takers: readonly Taker[], taken: ReadonlySet<string> = new Set()): boolean {
  const [first, ...rest] = takers;
  if (!first) return true;
  if (first.tasks === 0) return fits(rest, taken);
  const others = [{ ...first, tasks: first.tasks - 1 }, ...rest];
  return first.nodes.some((node) => !taken.has(node) && fits(others, new Set([...taken, node])));
}

test("a clash is found wherever there is one, and only its services are named", (t) => {
  const taker = fc.record({
    tasks: fc.nat(3),
    nodes: fc.subarray(["pi-1", "pi-2", "pi-3", "pi-4"], { minLength: 1 }),
  });
  fc.assert(
    fc.property(fc.array(taker, { maxLength: 5 }), (some) => {
      const takers = some.map((one, i) => ({ ...one, name: `s${i}` }));
      const found = clashes(takers);
      t.is(found.length > 0, !fits(takers));
      for (const clash of found) {
        const nodes = new Set(clash.takers.flatMap((one) => one.nodes));
        t.is(nodes.size, clash.room);
        t.true(
          clash.takers.reduce((sum, one) => sum + one.tasks, 0) > nodes.size,
          "Hall's condition is broken",
        );
      }
    }),
    { numRuns: 500 },
  );
});
