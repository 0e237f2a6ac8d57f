import { type Case, held, refuses } from "./refusal.ts";

const invalidCidr = (cidr: string, why: string): Case => [
  `inside CIDR ${cidr}`,
  (a) => a.vpn({ tunnel1InsideCidr: cidr }),
  `api error InvalidParameterValue: Value (${cidr}) for parameter TunnelInsideCidr is invalid. ${why}`,
];
const invalidKey = (key: string): Case => [
  `pre-shared key ${key}`,
  (a) => a.vpn({ tunnel2PresharedKey: key }),
  "api error InvalidParameterValue: Value for parameter PreSharedKey is invalid.",
];

const cases: Case[] = [
  ...[0, 1, 2, 3, 4, 5].map((n) =>
    invalidCidr(`169.254.${n}.0/30`, "The CIDR is reserved and cannot be used."),
  ),
  invalidCidr("169.254.169.252/30", "The CIDR is reserved and cannot be used."),
  invalidCidr("169.254.10.0/29", "The CIDR must be a /30."),
  invalidCidr("169.254.10.1/30", "The CIDR must be a /30."),
  invalidCidr("10.0.0.0/30", "The CIDR must be within 169.254.0.0/16."),
  [
    "the same inside CIDR for both tunnels",
    (a) => a.vpn({ tunnel1InsideCidr: "169.254.10.0/30", tunnel2InsideCidr: "169.254.10.0/30" }),
    "api error InvalidCidr.InUse: The TunnelInsideCidr 169.254.10.0/30 is already in use by another tunnel of VPN gateway vgw-ID. It must be unique.",
  ],
  invalidKey("short"),
  invalidKey("0startsWithZero"),
  invalidKey("has+plus+signs"),
  invalidKey("x".repeat(65)),
  [
    "DPD timeout below 30",
    (a) => a.vpn({ tunnel1DpdTimeoutSeconds: 29 }),
    "tunnel1DpdTimeoutSeconds: expected at least (30)",
  ],
  [
    "phase 2 not shorter than phase 1",
    (a) => a.vpn({ tunnel1Phase1LifetimeSeconds: 1800, tunnel1Phase2LifetimeSeconds: 1800 }),
    "api error InvalidParameterCombination: Phase2LifetimeSeconds (1800) must be less than Phase1LifetimeSeconds (1800).",
  ],
  [
    "a DH group that AWS does not support",
    (a) => a.vpn({ tunnel1Phase1DhGroupNumbers: [5] }),
    "api error InvalidParameterValue: Value (5) for parameter Phase1DHGroupNumbers is invalid.",
  ],
  [
    "AWS starting an IKEv1 tunnel",
    (a) => a.vpn({ tunnel1StartupAction: "start", tunnel1IkeVersions: ["ikev1"] }),
    "api error InvalidParameterCombination: StartupAction start is only supported for VPN tunnels that use IKEv2.",
  ],
  [
    "a customer gateway with a private address",
    (a) => a.make("customerGateway", { type: "ipsec.1", bgpAsn: "65000", ipAddress: "192.168.1.196" }),
    "api error InvalidParameterValue: Value (192.168.1.196) for parameter publicIp is invalid.",
  ],
  [
    "a static route on a dynamic connection",
    (a) =>
      a.make("vpnConnectionRoute", {
        vpnConnectionId: a.vpn({ staticRoutesOnly: false }),
        destinationCidrBlock: "192.168.1.0/24",
      }),
    "api error InvalidVpnConnection.InvalidType: The vpnConnection 'vpn-ID' does not support static routes.",
  ],
];

refuses(cases);

held(
  "a customer gateway with a connection",
  (a) => {
    const { customerGatewayId, vpnGatewayId } = a.gateways(a.vpc());
    a.make("vpnConnection", { customerGatewayId, vpnGatewayId, type: "ipsec.1" });
    return () => a.drop("customerGateway", customerGatewayId);
  },
  /^api error IncorrectState: The customer gateway is in use\.$/,
);
