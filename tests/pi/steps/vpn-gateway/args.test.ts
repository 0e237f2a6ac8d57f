import test from "ava";
import { vpnGateway } from "../../../../pi/steps/vpn-gateway.ts";
import { gatewayArgs } from "./args.ts";

const valid = gatewayArgs("ipsec.conf", "userspace");
const tunnel1 = (change: Partial<(typeof valid.tunnels)["tunnel1"]>) => ({
  ...valid,
  tunnels: { ...valid.tunnels, tunnel1: { ...valid.tunnels.tunnel1, ...change } },
});

const refusals = [
  [
    { ...valid, siteCidrs: ["192.168.1.0"] },
    /^vpn\.siteCidrs: 192\.168\.1\.0: must be an IPv4 range; write it as/,
  ],
  [
    { ...valid, vpcCidrs: ["10.0.0.0/16; reboot"] },
    /^vpn\.vpcCidrs: 10\.0\.0\.0\/16; reboot: must be an IPv4 range; /,
  ],
  [
    { ...valid, customerGatewayAddress: "home.example" },
    /^vpn\.customerGatewayAddress: home\.example: must be an IPv4 address; /,
  ],
  [tunnel1({ address: "" }), /^vpn\.tunnel1\.address: : must be an IPv4 address; take it from/],
  [
    tunnel1({ vgwInsideAddress: "169.254.10.256" }),
    /^vpn\.tunnel1\.vgwInsideAddress: 169\.254\.10\.256: must be an IPv4 address; /,
  ],
  [
    tunnel1({ insideCidr: "169.254.10.0" }),
    /^vpn\.tunnel1\.insideCidr: 169\.254\.10\.0: must be an IPv4 range; /,
  ],
  [tunnel1({ presharedKey: '0secret"; }' }), /^vpn\.tunnel1\.presharedKey: \(secret\): must be 8 to 64 of /],
] as const;

for (const [args, message] of refusals) {
  test(`refused: ${message.source}`, (t) => {
    t.throws(() => vpnGateway(args), { message });
  });
}
