/** Addresses and routes of a namespace: made what they should be, with what is there already left alone. */
import { z } from "zod";
import { run } from "../../world/run.ts";

/** Marks what is ours: the kernel's and strongSwan's routes stay untouched. */
const protocol = "200";

/** What its filters leave out, `ip` prints as an empty object. */
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

/** Lines for `ip -batch` that lead from what is to what is wanted. Pure. */
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

/** Makes the namespace's addresses and routes what is wanted. */
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
