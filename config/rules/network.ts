/** The VPC's and the tunnels' ranges, and the zones. */
import { canonical, contains, overlap, prefixLength } from "../addresses.ts";
import { type Rule, when } from "./rule.ts";

const ranges: Rule = ({ network, site }) => [
  ...[
    { field: "network.cidr", value: network.cidr },
    { field: "site.cidr", value: site.cidr },
  ].flatMap(({ field, value }) =>
    when(canonical(value) !== value, {
      field,
      value,
      rule: "a range is named by its first address",
      remedy: `write ${canonical(value)}`,
    }),
  ),
  // AWS takes /16 to /28 (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
  ...when(prefixLength(network.cidr) < 16 || prefixLength(network.cidr) > 24, {
    field: "network.cidr",
    value: network.cidr,
    rule: "must be from /16 to /24: a VPC has at most 65,536 addresses, and each of its 16 blocks at least 16",
    remedy: "choose for example 10.0.0.0/16",
  }),
  ...when(overlap(network.cidr, site.cidr), {
    field: "site.cidr",
    value: site.cidr,
    rule: `overlaps network.cidr ${network.cidr}: no route could tell the site from the VPC`,
    remedy: "choose another range for one of them",
  }),
];

const zones: Rule = ({ network }, region) => [
  ...network.zones.flatMap((zone) =>
    when(!zone.startsWith(region), {
      field: "network.zones",
      value: zone,
      rule: `must be a zone of the Region ${region} (aws:region)`,
      remedy: `choose zones such as ${region}a, or another aws:region`,
    }),
  ),
  ...when(new Set(network.zones).size < network.zones.length, {
    field: "network.zones",
    value: network.zones.join(", "),
    rule: "each zone is named once",
    remedy: "remove the repeated zone",
  }),
  ...when(network.natGateways !== "none" && !network.publicSubnets, {
    field: "network.natGateways",
    value: network.natGateways,
    rule: "a NAT gateway stands in a public subnet",
    remedy: "set network.publicSubnets to true, or natGateways to none",
  }),
];

/** https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html */
const reservedInside = [0, 1, 2, 3, 4, 5].map((n) => `169.254.${n}.0/30`).concat("169.254.169.252/30");

const insideCidrs: Rule = ({ vpn }) => {
  const { tunnel1, tunnel2 } = vpn.insideCidrs;
  return [
    ...Object.entries(vpn.insideCidrs).flatMap(([tunnel, value]) =>
      when(
        !contains("169.254.0.0/16", value) ||
          prefixLength(value) !== 30 ||
          canonical(value) !== value ||
          reservedInside.includes(value),
        {
          field: `vpn.insideCidrs.${tunnel}`,
          value,
          rule: `must be a /30 of 169.254.0.0/16 and none of AWS's own (${reservedInside.join(", ")})`,
          remedy: "choose another, such as 169.254.10.0/30",
        },
      ),
    ),
    ...when(tunnel1 === tunnel2, {
      field: "vpn.insideCidrs.tunnel2",
      value: tunnel2,
      rule: "the two tunnels must not share a range",
      remedy: "choose another /30 for one of them",
    }),
  ];
};

export const networkRules: readonly Rule[] = [ranges, zones, insideCidrs];
