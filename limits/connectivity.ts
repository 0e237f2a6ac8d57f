/** What AWS takes of the options of a tunnel. */
import { canonical, contains, isPrivate, prefixLength } from "./addresses.ts";
import { type Problem, problemIf } from "./problem.ts";

/** One value for each of the two tunnels of a VPN connection. */
export type PerTunnel<T> = Readonly<Record<"tunnel1" | "tunnel2", T>>;

/** https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html, "Pre-shared key (PSK)" */
export const presharedKeyPattern = /^[A-Za-z1-9._][A-Za-z0-9._]{7,63}$/;
export const presharedKeyRule = "AWS takes 8 to 64 of A-Z a-z 0-9 . _ and no 0 in front";

/** https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html, "Inside tunnel IPv4 CIDR" */
const reserved = [0, 1, 2, 3, 4, 5].map((n) => `169.254.${n}.0/30`).concat("169.254.169.252/30");

/** What AWS would refuse of inside ranges: another size, its own ranges, one range for both tunnels. */
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
      rule: "the two tunnels must not share a range",
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
    rule: `AWS reaches the site by its router's public address; this one is ${kind}`,
    remedy: "ask `curl https://checkip.amazonaws.com` on the site",
  });
}
