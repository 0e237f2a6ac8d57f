/** Refusals of the VPC's range and zones. */
import { base, refused } from "../stack.ts";

refused([
  [
    "range not named by its first address",
    { ...base, network: { cidr: "10.0.3.0/16" } },
    "network.cidr: 10.0.3.0/16: must be named by its first address; write 10.0.0.0/16",
  ],
  [
    "range too large for a VPC",
    { ...base, network: { cidr: "10.0.0.0/8" } },
    "network.cidr: 10.0.0.0/8: must be from /16 to /24: a VPC has at most 65,536 addresses, and each of its 16 blocks at least 16; choose for example 10.0.0.0/16",
  ],
  [
    "overlapping ranges",
    { ...base, network: { cidr: "192.168.0.0/23" } },
    "site.cidr: 192.168.1.0/24: must not overlap network.cidr 192.168.0.0/23: no route could tell the site from the VPC; choose another range for one of them",
  ],
  [
    "a second range of the site, in the VPC's second range",
    {
      ...base,
      network: { secondaryCidrs: ["10.8.0.0/16"] },
      site: { ...base.site, secondaryCidrs: ["10.8.4.0/24"] },
    },
    "site.secondaryCidrs.0: 10.8.4.0/24: must not overlap network.secondaryCidrs.0 10.8.0.0/16: no route could tell the site from the VPC; choose another range for one of them",
  ],
  [
    "a range of the site twice",
    { ...base, site: { ...base.site, secondaryCidrs: ["192.168.0.0/16"] } },
    "site.secondaryCidrs.0: 192.168.0.0/16: must not overlap site.cidr 192.168.1.0/24: the site has an address once; remove one of them",
  ],
  [
    "a range of the VPC twice",
    { ...base, network: { secondaryCidrs: ["10.9.0.0/16", "10.9.3.0/24"] } },
    "network.secondaryCidrs.1: 10.9.3.0/24: must not overlap network.secondaryCidrs.0 10.9.0.0/16: the VPC has an address once; choose another range",
  ],
  [
    "second ranges that are not named by their first address",
    {
      ...base,
      network: { secondaryCidrs: ["10.9.1.0/16"] },
      site: { ...base.site, secondaryCidrs: ["192.168.2.7/24"] },
    },
    [
      "network.secondaryCidrs.0: 10.9.1.0/16: must be named by its first address; write 10.9.0.0/16",
      "site.secondaryCidrs.0: 192.168.2.7/24: must be named by its first address; write 192.168.2.0/24",
    ].join("\n"),
  ],
  [
    "second ranges of a size that AWS does not associate",
    { ...base, network: { secondaryCidrs: ["100.64.0.0/10", "10.9.0.0/29"] } },
    [
      "network.secondaryCidrs.0: 100.64.0.0/10: must be from /16 to /28, as AWS associates no other; choose for example a /24",
      "network.secondaryCidrs.1: 10.9.0.0/29: must be from /16 to /28, as AWS associates no other; choose for example a /24",
    ].join("\n"),
  ],
  ...(
    [
      ["10.0.0.0/16", "172.20.0.0/16", "AWS takes no range of 172.16.0.0/12 beside it"],
      ["100.64.0.0/16", "10.9.0.0/16", "AWS takes no range of 10.0.0.0/8 beside it"],
      ["10.1.0.0/16", "10.0.7.0/24", "AWS takes no range of 10.0.0.0/16 beside one of 10.0.0.0/15"],
      ["172.20.0.0/16", "172.31.0.0/24", "AWS takes no range of 172.31.0.0/16 beside another one"],
      ["10.0.0.0/16", "198.19.0.0/24", "AWS keeps 198.19.0.0/16 for itself"],
      ["10.0.0.0/16", "169.254.96.0/24", "169.254.0.0/16 is link-local"],
    ] as const
  ).map(
    ([cidr, range, reason]) =>
      [
        `${range} beside ${cidr}`,
        { ...base, network: { cidr, secondaryCidrs: [range] } },
        `network.secondaryCidrs.0: ${range}: must not be associated with a VPC of ${cidr}: ${reason}; choose another range, for example of 100.64.0.0/10`,
      ] as const,
  ),
  [
    "more ranges than a VPC has",
    { ...base, network: { secondaryCidrs: Array.from({ length: 50 }, (_, i) => `10.${i + 2}.0.0/24`) } },
    "network.secondaryCidrs: 50 ranges: must be at most 49: a VPC has 50 ranges; name wider ranges",
  ],
  [
    "a second range of the site that is Docker's",
    { ...base, site: { ...base.site, secondaryCidrs: ["172.17.5.0/24"] } },
    "site.secondaryCidrs.0: 172.17.5.0/24: must not overlap 172.17.0.0/16, the network of Docker's bridge on every node; choose another range",
  ],
  [
    "VPC in the range of Docker's bridge",
    { ...base, network: { cidr: "172.17.0.0/16", zones: ["us-east-1a"] } },
    "network.cidr: 172.17.0.0/16: must not overlap 172.17.0.0/16, the network of Docker's bridge on every node; choose another range",
  ],
  [
    "zone of another Region",
    { ...base, network: { zones: ["eu-west-1a"] } },
    "network.zones: eu-west-1a: must be a zone of the Region us-east-1 (aws:region); choose zones such as us-east-1a, or another aws:region",
  ],
  [
    "NAT gateway without a public subnet",
    { ...base, network: { natGateways: "single" } },
    "network.natGateways: single: must be none while publicSubnets is false: a NAT gateway needs a public subnet; set network.publicSubnets to true, or natGateways to none",
  ],
  [
    "zones into which a VPC is not divided",
    { ...base, network: { zones: ["us-east-1a", "us-east-1z", "us-east-1a"] } },
    [
      "network.zones: us-east-1z: must end in a letter from a to h; choose zones such as us-east-1a",
      "network.zones: us-east-1a: must be named once; remove the repetition",
    ].join("\n"),
  ],
]);
