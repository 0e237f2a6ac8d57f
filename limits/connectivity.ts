/** What AWS takes of the way between a site and a VPC. */
import {
  canonical,
  contains,
  isPrivate,
  type NamedRange,
  overlap,
  prefixLength,
  smallestCover,
} from "./addresses.ts";
import { dockerBridge } from "./network.ts";
import { type Problem, problemIf } from "./problem.ts";

/** One value for each of the two tunnels of a VPN connection. */
export type PerTunnel<T> = Readonly<Record<"tunnel1" | "tunnel2", T>>;

/** https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html, "Pre-shared key (PSK)" */
export const presharedKeyPattern = /^[A-Za-z1-9._][A-Za-z0-9._]{7,63}$/;
export const presharedKeyRule = "must be 8 to 64 of A-Z a-z 0-9 . _ and must not begin with 0";

/** Why AWS would not take a pre-shared key; without the key itself. */
export function presharedKeyProblems(field: string, key: string): readonly Problem[] {
  return problemIf(!presharedKeyPattern.test(key), {
    field,
    value: `(secret, ${key.length} characters)`,
    rule: presharedKeyRule,
    remedy: "choose another key, or remove both so that AWS generates them",
  });
}

/** https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html, "Inside tunnel IPv4 CIDR" */
const reserved = [0, 1, 2, 3, 4, 5].map((n) => `169.254.${n}.0/30`).concat("169.254.169.252/30");

/** Why AWS would not take the ranges inside the tunnels: another size, a range of its own, one range for both. */
export function insideCidrProblems(name: string, cidrs: PerTunnel<string>): readonly Problem[] {
  const { tunnel1, tunnel2 } = cidrs;
  return [
    ...Object.entries(cidrs).flatMap(([tunnel, cidr]) =>
      problemIf(
        prefixLength(cidr) !== 30 ||
          canonical(cidr) !== cidr ||
          !contains("169.254.0.0/16", cidr) ||
          reserved.includes(cidr),
        {
          field: `${name}.insideCidrs.${tunnel}`,
          value: cidr,
          rule: `must be a /30 of 169.254.0.0/16 and none of AWS's own (${reserved.join(", ")})`,
          remedy: "choose another, such as 169.254.10.0/30",
        },
      ),
    ),
    ...problemIf(tunnel1 === tunnel2, {
      field: `${name}.insideCidrs.tunnel2`,
      value: tunnel2,
      rule: "must not be the range of tunnel1 too",
      remedy: "choose another /30 for one of them",
    }),
  ];
}

/** Ranges of no single host on the internet: this network, loopback, link-local, multicast and reserved (RFC 6890). */
const specialRanges = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];

/** Why AWS cannot see a site from an address. */
export function publicAddressProblems(field: string, address: string): readonly Problem[] {
  const kind = isPrivate(address)
    ? "private"
    : specialRanges.some((range) => contains(range, address)) && "special-purpose";
  return problemIf(kind !== false, {
    field,
    value: address,
    rule: `must be the site's public address, not a ${kind} one: AWS reaches the site by it`,
    remedy: "run `curl https://checkip.amazonaws.com` on the site",
  });
}

/**
 * Why the VPC cannot reach an address as one of the site's.
 *
 * @param vpc omitted: the address is not compared with the VPC's ranges
 */
export function siteAddressProblems(
  field: string,
  address: string,
  site: readonly NamedRange[],
  vpc: readonly NamedRange[] = [],
): readonly Problem[] {
  const inVpc = vpc.find(({ cidr }) => contains(cidr, address));
  if (inVpc) {
    return [
      {
        field,
        value: address,
        rule: `must not lie inside ${inVpc.name} ${inVpc.cidr}: AWS takes such an address for one of the VPC`,
        remedy: "choose another range for one of them",
      },
    ];
  }
  const ranges = site.map(({ name, cidr }) => `${name} ${cidr}`);
  return problemIf(!site.some(({ cidr }) => contains(cidr, address)), {
    field,
    value: address,
    rule: `must lie inside ${ranges.join(" or ")}: the VPC has no route to other addresses`,
    remedy: `correct the address, or widen ${site[0]?.name ?? "the site's range"}`,
  });
}

/** Propagated routes of a route table: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const mostPropagatedRoutes = 100;

/**
 * Why the VPC cannot have routes to all ranges of the site: there are too many, or one is inside a tunnel.
 *
 * @param field for the number of ranges
 */
export function siteRangesProblems(
  field: string,
  ranges: readonly NamedRange[],
  insideCidrs: PerTunnel<string>,
): readonly Problem[] {
  return [
    ...problemIf(ranges.length > mostPropagatedRoutes, {
      field,
      value: `${ranges.length} ranges`,
      rule: `must be at most ${mostPropagatedRoutes} ranges: a route table of the VPC takes no more propagated routes`,
      remedy: "name wider ranges",
    }),
    ...ranges.flatMap(({ name, cidr }) =>
      Object.entries(insideCidrs).flatMap(([tunnel, inside]) =>
        problemIf(overlap(cidr, inside), {
          field: name,
          value: cidr,
          rule: `must not overlap ${inside}, the range inside ${tunnel}`,
          remedy: "choose another range for one of them",
        }),
      ),
    ),
  ];
}

/**
 * Why charon cannot encrypt for these ranges itself. kernel-libipsec takes a selector only with an address of the gateway's own
 * in it, so several ranges of the site become one, the smallest around them.
 */
export function userspaceRangesProblems(
  field: string,
  siteCidrs: readonly string[],
  vpc: readonly NamedRange[],
): readonly Problem[] {
  if (siteCidrs.length === 1) return [];
  const cover = smallestCover(siteCidrs);
  const inside = [...vpc, { name: "Docker's bridge", cidr: dockerBridge }].find(({ cidr }) =>
    overlap(cidr, cover),
  );
  return inside === undefined
    ? []
    : [
        {
          field,
          value: "userspace",
          rule: `must be kernel with these ranges of the site: the smallest one around them, ${cover}, overlaps ${inside.name} ${inside.cidr}`,
          remedy: "set vpn.dataPath to kernel, or choose ranges of the site that are closer together",
        },
      ];
}
