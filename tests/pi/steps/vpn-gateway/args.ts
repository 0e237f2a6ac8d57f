import type { VpnGatewayArgs } from "../../../../pi/steps/vpn-gateway.ts";

/** The article's network, with addresses that are set aside for documents. */
export const gatewayArgs = (
  format: VpnGatewayArgs["format"],
  dataPath: VpnGatewayArgs["dataPath"],
): VpnGatewayArgs => ({
  format,
  dataPath,
  siteCidrs: ["192.168.1.0/24"],
  vpcCidrs: ["10.0.0.0/16"],
  customerGatewayAddress: "198.51.100.7",
  tunnels: {
    tunnel1: {
      address: "203.0.113.17",
      presharedKey: "the.key.of.tunnel1",
      cgwInsideAddress: "169.254.10.2",
      vgwInsideAddress: "169.254.10.1",
      insideCidr: "169.254.10.0/30",
    },
    tunnel2: {
      address: "203.0.113.33",
      presharedKey: "the.key.of.tunnel2",
      cgwInsideAddress: "169.254.11.2",
      vgwInsideAddress: "169.254.11.1",
      insideCidr: "169.254.11.0/30",
    },
  },
});

export const combinations = (["ipsec.conf", "swanctl.conf"] as const).flatMap((format) =>
  (["kernel", "userspace"] as const).map((dataPath) => ({ format, dataPath })),
);
