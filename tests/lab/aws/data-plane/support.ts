import type { DesiredNetwork, DesiredTunnel } from "../../../../lab/aws/data-plane/contract.ts";

const phase = (lifetimeSeconds: number) => ({
  encryption: ["AES256-GCM-16"],
  integrity: ["SHA2-384"],
  dhGroups: [20],
  lifetimeSeconds,
});

export const tunnel = (n: 1 | 2): DesiredTunnel => ({
  outsideAddress: n === 1 ? "203.0.113.17" : "203.0.113.33",
  presharedKey: `key-of-tunnel-${n}`,
  insideCidr: `169.254.1${n - 1}.0/30`,
  vgwInsideAddress: `169.254.1${n - 1}.1`,
  cgwInsideAddress: `169.254.1${n - 1}.2`,
  ikeVersions: ["ikev2"],
  phase1: phase(28800),
  phase2: phase(3600),
  dpdTimeoutSeconds: 30,
  dpdTimeoutAction: "restart",
  startupAction: "add",
});

/** One VPC with one VPN connection and one load balancer. */
export const network = (first: DesiredTunnel = tunnel(1)): DesiredNetwork => ({
  vpcs: [{ id: "vpc-1", cidr: "10.0.0.0/16", secondaryCidrs: [] }],
  vpnConnections: [
    {
      id: "vpn-1",
      vpcCidr: "10.0.0.0/16",
      vpcSecondaryCidrs: [],
      customerGatewayAddress: "198.51.100.7",
      siteCidrs: ["192.168.1.0/24"],
      tunnels: [first, tunnel(2)],
    },
  ],
  loadBalancers: [
    {
      arn: "arn:lb",
      dnsName: "web.elb.us-east-1.amazonaws.com",
      scheme: "internal",
      type: "network",
      addresses: ["10.0.0.16"],
      listeners: [],
      redirects: [],
    },
  ],
  endpoints: [
    {
      id: "vpce-1",
      service: "ecr.dkr",
      addresses: [
        { zone: "us-east-1a", address: "10.0.0.17" },
        { zone: "us-east-1b", address: "10.0.16.17" },
      ],
      names: ["dkr.ecr.us-east-1.amazonaws.com", "*.dkr.ecr.us-east-1.amazonaws.com"],
      privateDns: "all",
      admit: [{ from: "192.168.1.0/24", protocol: "tcp", ports: [443, 443] }],
    },
    {
      id: "vpce-2",
      service: "s3",
      addresses: [{ zone: "us-east-1a", address: "10.0.0.18" }],
      names: ["s3.us-east-1.amazonaws.com"],
      privateDns: "inbound resolvers",
      admit: [],
    },
  ],
  resolvers: [
    {
      id: "rslvr-in-1",
      direction: "INBOUND",
      addresses: [{ zone: "us-east-1a", address: "10.0.0.10" }],
      admit: [
        { from: "192.168.1.0/24", protocol: "tcp", ports: [53, 53] },
        { from: "192.168.1.0/24", protocol: "udp", ports: [53, 53] },
      ],
    },
    {
      id: "rslvr-out-1",
      direction: "OUTBOUND",
      addresses: [{ zone: "us-east-1a", address: "10.0.0.11" }],
      admit: [],
    },
  ],
  forwarding: [{ domain: "home.arpa", servers: ["192.168.1.1"], from: ["10.0.0.11"] }],
});

/** An empty network. */
export const noNetwork: DesiredNetwork = {
  vpcs: [],
  vpnConnections: [],
  loadBalancers: [],
  endpoints: [],
  resolvers: [],
  forwarding: [],
};
