/** Addresses and routes of a namespace: makes them match what is wanted, and leaves alone those that already do. */
import { z } from "zod";
import { run } from "../../world/run.ts";

/** Marks our routes, so that the kernel's and strongSwan's stay untouched. */
const protocol = "200";

/** `ip` prints entries that its filters exclude as empty objects. */
const address = z.object({ local: z.string(), prefixlen: z.number() });
const addressList = z.array(
  z
    .object({ ifname: z.string(), addr_info: z.array(address.or(z.object({}))) })
    .or(z.object({ ifname: z.undefined() })),
);
const routeList = z.array(
  z.object({
    dst: z.string(),
    type: z.string().optional(),
    gateway: z.string().optional(),
    dev: z.string().optional(),
  }),
);

export interface Wanted {
  /** Interface → all of its addresses, such as 10.0.251.1/30. Interfaces that are not named are left alone. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** Destination → next hop, "dev INTERFACE", or "blackhole". */
  readonly routes: Readonly<Record<string, string>>;
}

const ip = (netns: string, args: readonly string[]) => run(["ip", "-json", "-4", "-netns", netns, ...args]);

const missing = (a: readonly string[], b: readonly string[]) => a.filter((one) => !b.includes(one));

/** Returns the lines for `ip -batch` that lead from the current state to the wanted one. Pure. */
export function changes(
  wanted: Wanted,
  addresses: Readonly<Record<string, readonly string[]>>,
  routes: Readonly<Record<string, string>>,
): readonly string[] {
  const route = (to: string, way: string) => {
    if (way === "blackhole") return `blackhole ${to}`;
    return way.startsWith("dev ") ? `${to} ${way}` : `${to} via ${way}`;
  };
  const byDevice = Object.entries(wanted.addresses).flatMap(([dev, all]) => {
    const there = addresses[dev] ?? [];
    return [
      ...missing(there, all).map((address) => `addr del ${address} dev ${dev}`),
      ...missing(all, there).map((address) => `addr add ${address} dev ${dev}`),
    ];
  });
  const changed = Object.entries(wanted.routes).filter(([to, via]) => routes[to] !== via);
  const gone = missing(Object.keys(routes), Object.keys(wanted.routes));
  return [
    ...gone.map((to) => `route del ${route(to, routes[to] ?? "")} proto ${protocol}`),
    ...byDevice,
    ...changed.map(([to, via]) => `route replace ${route(to, via)} proto ${protocol}`),
  ];
}

/** Makes the namespace's addresses and routes match what is wanted. */
export async function apply(netns: string, wanted: Wanted): Promise<void> {
  const [addressText, routeText] = await Promise.all([
    ip(netns, ["addr", "show", "scope", "global"]),
    ip(netns, ["route", "show", "proto", protocol]),
  ]);
  const addresses = Object.fromEntries(
    addressList
      .parse(JSON.parse(addressText || "[]"))
      .flatMap((link) => (link.ifname === undefined ? [] : [link]))
      .map(({ ifname, addr_info }) => [
        ifname,
        addr_info.flatMap((a) => ("local" in a ? [`${a.local}/${a.prefixlen}`] : [])),
      ]),
  );
  const routes = Object.fromEntries(
    routeList.parse(JSON.parse(routeText || "[]")).map((r) => [r.dst, r.gateway ?? r.type ?? `dev ${r.dev}`]),
  );
  const lines = changes(wanted, addresses, routes);
  if (lines.length > 0) await run(["ip", "-netns", netns, "-batch", "-"], { input: `${lines.join("\n")}\n` });
}
