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
} satisfies RowsOf<"network">;
