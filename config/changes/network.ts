import { bothTables, existing, inExisting } from "./existing.ts";
import type { RowsOf } from "./row.ts";

/** In the first two zones. */
const publicSubnets = ["subnet-0123456789abcdef3", "subnet-0123456789abcdef4"] as const;

export const network = {
  "network.cidr": {
    effect: "refused",
    text: "The range is for the life of the VPC, and almost everything is in the VPC. More addresses come from `secondaryCidrs`; another range needs another stack, or a `pulumi destroy` before.",
    to: { network: { cidr: "10.8.0.0/16" } },
    message:
      /network\.cidr: 10\.8\.0\.0\/16: must stay 10\.0\.0\.0\/16, the range of the VPC that the stack has: AWS cannot change it, and moves nothing to another VPC; set it back, with more ranges in network\.secondaryCidrs if addresses are short, or run `pulumi destroy` before the change$/m,
  },
  "network.secondaryCidrs": {
    effect: "added and removed",
    text: "A range is associated or disassociated; security groups, the hosts' routes and the tunnels follow, and nothing else is interrupted. With `dataPath: userspace` the tunnels are negotiated again. AWS disassociates no range that something is in.",
    to: { network: { secondaryCidrs: ["100.64.0.0/16"] } },
    steps: [
      "create VpcIpv4CidrBlockAssociation network-range-100.64.0.0/16",
      "create SecurityGroupIngressRule *-100.64.0.0/16",
      "update Command *-static-route",
      "update Command gateway-vpn-gateway",
      "update Command *-preflight",
    ],
  },
  "network.zones": {
    effect: "added and removed",
    text: "A further zone gets subnets, and endpoints, resolvers and load balancers get an address there. Removing a zone replaces network load balancers, whose DNS names change.",
    to: { network: { zones: ["us-east-1a", "us-east-1b", "us-east-1c"] } },
    steps: [
      "create * network-*us-east-1c*",
      "create VpnGatewayRoutePropagation vpn-propagation-us-east-1c",
      "update Command *-dns-forwarding",
      "update Command *-preflight",
      "update LoadBalancer *",
      "update ResolverEndpoint *",
      "update VpcEndpoint *",
    ],
    back: [
      "delete * network-*us-east-1c*",
      "delete VpnGatewayRoutePropagation vpn-propagation-us-east-1c",
      "update Command *-dns-forwarding",
      "update Command *-preflight",
      "replace Listener *",
      "replace LoadBalancer *",
      "replace TargetGroup *",
      "replace TargetGroupAttachment *",
      "update ResolverEndpoint *",
      "update VpcEndpoint *",
    ],
  },
  "network.publicSubnets": {
    effect: "added and removed",
    text: "Private subnets and everything in them are not touched.",
    from: { network: { publicSubnets: false } },
    to: { network: { publicSubnets: true } },
    steps: [
      "create InternetGateway network-internet",
      "create Route network-public-internet",
      "create RouteTable network-public",
      "create RouteTableAssociation network-public-*",
      "create Subnet network-public-*",
      "create VpnGatewayRoutePropagation vpn-propagation-public",
    ],
  },
  "network.natGateways": {
    effect: "added and removed",
    text: "Each NAT gateway has a public address of its own, so the addresses that others see change; open connections through a removed gateway end.",
    from: { network: { publicSubnets: true, natGateways: "single" } },
    to: { network: { publicSubnets: true, natGateways: "per-zone" } },
    steps: [
      "create Eip network-nat-us-east-1b",
      "create NatGateway network-nat-us-east-1b",
      "update Route network-private-us-east-1b-internet",
    ],
  },
  "network.flowLogs": {
    effect: "added and removed",
    text: "The recorded logs are deleted with it.",
    to: { network: { flowLogs: {} } },
    steps: [
      "create FlowLog network-flow-logs",
      "create LogGroup network-flow-logs",
      "create Role network-flow-logs",
      "create RolePolicy network-flow-logs",
    ],
  },
  "network.flowLogs.retentionDays": {
    effect: "in place",
    text: "CloudWatch Logs deletes what is older than the new number of days.",
    from: { network: { flowLogs: { retentionDays: 30 } } },
    to: { network: { flowLogs: { retentionDays: 7 } } },
    steps: ["update LogGroup network-flow-logs"],
  },
  "network.existing": {
    effect: "refused",
    text: "AWS moves nothing to another VPC; another one needs another stack, or a `pulumi destroy` before.",
    to: inExisting(),
    message:
      /network\.existing\.vpcId: vpc-0123456789abcdef0: must stay vpc-[0-9a-f]+, the VPC that the stack created: AWS moves nothing to another VPC; remove network\.existing, or run `pulumi destroy` before the change$/m,
  },
  "network.existing.vpcId": {
    effect: "refused",
    text: "AWS moves nothing to another VPC; another one needs another stack, or a `pulumi destroy` before.",
    from: inExisting(),
    to: inExisting({ vpcId: "vpc-0123456789abcdef1" }),
    message:
      /network\.existing\.vpcId: vpc-0123456789abcdef1: must stay vpc-0123456789abcdef0, where the stack's resources are: AWS moves nothing to another VPC; set it back, or run `pulumi destroy` before the change$/m,
  },
  "network.existing.privateSubnetIds": {
    effect: "in place",
    text: "Endpoints, resolvers and load balancers move to the new subnets, and get addresses there. Removing a zone replaces network load balancers, whose DNS names change.",
    from: inExisting(),
    to: {
      ...inExisting({
        privateSubnetIds: { ...existing.privateSubnetIds, "us-east-1c": "subnet-0123456789abcdef2" },
      }),
      // With the DNS servers of the stack, which forward to the resolver's addresses.
      site: { dns: { at: "nodes" } },
    },
    steps: [
      "update Command *-dns-forwarding",
      "update Command *-preflight",
      "update LoadBalancer *",
      "update ResolverEndpoint *",
      "update VpcEndpoint *",
    ],
    back: [
      "replace Listener *",
      "replace LoadBalancer *",
      "replace TargetGroup *",
      "replace TargetGroupAttachment *",
      "update Command *-dns-forwarding",
      "update Command *-preflight",
      "update ResolverEndpoint *",
      "update VpcEndpoint *",
    ],
  },
  "network.existing.publicSubnetIds": {
    effect: "in place",
    text: "Internet-facing load balancers move to the new subnets. Removing a zone replaces those of type network, whose DNS names change.",
    from: {
      ...inExisting({ routeTableIds: bothTables, publicSubnetIds: { "us-east-1a": publicSubnets[0] } }),
      loadBalancers: { NAME: { scheme: "internet-facing" } },
    },
    to: {
      ...inExisting({
        routeTableIds: bothTables,
        publicSubnetIds: { "us-east-1a": publicSubnets[0], "us-east-1b": publicSubnets[1] },
      }),
      loadBalancers: { NAME: { scheme: "internet-facing" } },
    },
    steps: ["update LoadBalancer NAME-lb"],
    back: [
      "replace Listener NAME-listener-80",
      "replace LoadBalancer NAME-lb",
      "replace TargetGroup NAME-tg",
      "replace TargetGroupAttachment NAME-target/*",
    ],
  },
  "network.existing.routeTableIds": {
    effect: "added and removed",
    text: "A table that is named gets the route to the site, and loses it when it is no longer named. Another name of the same table changes nothing.",
    from: inExisting(),
    to: inExisting({ routeTableIds: bothTables }),
    steps: [`create VpnGatewayRoutePropagation vpn-propagation-${bothTables.public}`],
  },
  "network.existing.s3EndpointId": {
    effect: "nothing",
    text: "The stack only checks that the VPC has such an endpoint.",
    from: inExisting(),
    to: inExisting({ s3EndpointId: "vpce-0123456789abcdef1" }),
    steps: [],
  },
} satisfies RowsOf<"network">;
