import { existing, inExisting } from "./existing.ts";
import type { RowsOf } from "./row.ts";

export const network = {
  "network.cidr": {
    effect: "replaced",
    text: "The range is for the life of the VPC: another one replaces the VPC with everything in it.",
    to: { network: { cidr: "10.8.0.0/16" } },
    steps: [],
  },
  "network.secondaryCidrs": {
    effect: "added and removed",
    text: "A range is associated or disassociated; security groups, the hosts' routes and the tunnels follow, and nothing else is interrupted. With `dataPath: userspace` the tunnels are negotiated again. AWS disassociates no range that something is in.",
    to: { network: { secondaryCidrs: ["100.64.0.0/16"] } },
    steps: [],
  },
  "network.zones": {
    effect: "added and removed",
    text: "A further zone gets subnets, and endpoints, resolvers and load balancers get an address there. Removing a zone replaces network load balancers, whose DNS names change.",
    to: { network: { zones: ["us-east-1a", "us-east-1b", "us-east-1c"] } },
    steps: [],
  },
  "network.publicSubnets": {
    effect: "added and removed",
    text: "Private subnets and everything in them are not touched.",
    from: { network: { publicSubnets: false } },
    to: { network: { publicSubnets: true } },
    steps: [],
  },
  "network.natGateways": {
    effect: "added and removed",
    text: "Each NAT gateway has a public address of its own, so the addresses that others see change; open connections through a removed gateway end.",
    from: { network: { publicSubnets: true, natGateways: "single" } },
    to: { network: { publicSubnets: true, natGateways: "per-zone" } },
    steps: [],
  },
  "network.flowLogs": {
    effect: "added and removed",
    text: "The recorded logs are deleted with it.",
    to: { network: { flowLogs: {} } },
    steps: [],
  },
  "network.flowLogs.retentionDays": {
    effect: "in place",
    text: "CloudWatch Logs deletes what is older than the new number of days.",
    from: { network: { flowLogs: { retentionDays: 30 } } },
    to: { network: { flowLogs: { retentionDays: 7 } } },
    steps: [],
  },
  "network.existing": {
    effect: "replaced",
    text: "Everything that the stack has in its VPC is created again in the other one; a VPC of the stack's own is deleted then. The VPN connection stays, with its addresses.",
    to: inExisting(),
    steps: [],
  },
  "network.existing.vpcId": {
    effect: "replaced",
    text: "Everything that the stack has in the VPC is created again in the other one. The VPN connection stays, with its addresses.",
    from: inExisting(),
    to: inExisting({ vpcId: "vpc-0123456789abcdef1" }),
    steps: [],
  },
  "network.existing.privateSubnetIds": {
    effect: "in place",
    text: "Endpoints, resolvers and load balancers move to the new subnets, and get addresses there. Removing a zone replaces network load balancers, whose DNS names change.",
    from: inExisting(),
    to: inExisting({
      privateSubnetIds: { ...existing.privateSubnetIds, "us-east-1c": "subnet-0123456789abcdef2" },
    }),
    steps: [],
  },
  "network.existing.publicSubnetIds": {
    effect: "in place",
    text: "Internet-facing load balancers move to the new subnets. Removing a zone replaces those of type network, whose DNS names change.",
    from: inExisting(),
    to: inExisting({ publicSubnetIds: { "us-east-1a": "subnet-0123456789abcdef3" } }),
    steps: [],
  },
  "network.existing.routeTableIds": {
    effect: "added and removed",
    text: "A table that is named gets the route to the site, and loses it when it is no longer named.",
    from: inExisting(),
    to: inExisting({ routeTableIds: { ...existing.routeTableIds, public: "rtb-0123456789abcdef1" } }),
    steps: [],
  },
  "network.existing.s3EndpointId": {
    effect: "nothing",
    text: "The stack only checks that the VPC has such an endpoint.",
    from: inExisting(),
    to: inExisting({ s3EndpointId: "vpce-0123456789abcdef1" }),
    steps: [],
  },
} satisfies RowsOf<"network">;
