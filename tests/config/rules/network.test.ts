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
