import { inExisting } from "./existing.ts";
import type { RowsOf } from "./row.ts";

const oneTunnel =
  "The tunnel is down from AWS's change until the gateway has the key; the other one carries the traffic.";

const oneInside =
  "AWS changes the tunnel while the other one carries the traffic; then the gateway's strongSwan is restarted, which takes both tunnels down for some seconds.";

/** Every change of a tunnel's settings: in AWS, and then on the gateway. */
const steps = ["update VpnConnection vpn-connection", "update Command gateway-vpn-gateway"];

export const connectivity = {
  "vpn.format": {
    effect: "only on hosts",
    text: "The gateway's strongSwan is configured again; both tunnels are down meanwhile.",
    to: { vpn: { format: "swanctl.conf" } },
    steps: ["update Command gateway-vpn-gateway"],
  },
  "vpn.dataPath": {
    effect: "only on hosts",
    text: "The gateway's strongSwan is restarted; both tunnels are down meanwhile.",
    to: { vpn: { dataPath: "userspace" } },
    steps: ["update Command gateway-vpn-gateway"],
  },
  "vpn.presharedKeys": {
    effect: "in place",
    text: "AWS changes one tunnel after the other, and only then the gateway gets the keys: with both at once, the site is without a tunnel for some minutes. Without keys of your own, the ones that were set last remain.",
    to: { vpn: { presharedKeys: { tunnel1: "own.key.of.tunnel.1", tunnel2: "own.key.of.tunnel.2" } } },
    steps,
    back: ["update VpnConnection vpn-connection"],
  },
  "vpn.presharedKeys.tunnel1": {
    effect: "in place",
    text: oneTunnel,
    from: { vpn: { presharedKeys: { tunnel1: "own.key.of.tunnel.1", tunnel2: "own.key.of.tunnel.2" } } },
    to: { vpn: { presharedKeys: { tunnel1: "another.key.of.tunnel.1", tunnel2: "own.key.of.tunnel.2" } } },
    steps,
  },
  "vpn.presharedKeys.tunnel2": {
    effect: "in place",
    text: oneTunnel,
    from: { vpn: { presharedKeys: { tunnel1: "own.key.of.tunnel.1", tunnel2: "own.key.of.tunnel.2" } } },
    to: { vpn: { presharedKeys: { tunnel1: "own.key.of.tunnel.1", tunnel2: "another.key.of.tunnel.2" } } },
    steps,
  },
  "vpn.insideCidrs.tunnel1": {
    effect: "in place",
    text: oneInside,
    to: { vpn: { insideCidrs: { tunnel1: "169.254.20.0/30" } } },
    steps,
  },
  "vpn.insideCidrs.tunnel2": {
    effect: "in place",
    text: oneInside,
    to: { vpn: { insideCidrs: { tunnel2: "169.254.21.0/30" } } },
    steps,
  },
  "vpn.vpnGatewayId": {
    effect: "refused",
    text: "A VPC has one VPN gateway at most: while the stack has created it, no other one is there to name, and while there is another one, the stack creates none. Run `pulumi destroy` before the change.",
    from: inExisting(),
    to: { ...inExisting(), vpn: { vpnGatewayId: "vgw-0123456789abcdef0" } },
    message:
      /vpn\.vpnGatewayId: vgw-0123456789abcdef0: must not be given while the stack has a VPN gateway of its own, vgw-[0-9a-f]+: a VPC has one at most; remove it, or run `pulumi destroy` before the change$/m,
  },
  "vpn.shared": {
    effect: "nothing",
    text: "Pulumi notes it for the next `destroy`, and AWS is not asked for anything.",
    to: { vpn: { shared: true } },
    steps: [],
  },
  "vpn.logRetentionDays": {
    effect: "in place",
    text: "CloudWatch Logs deletes what is older than the new number of days.",
    to: { vpn: { logRetentionDays: 7 } },
    steps: ["update LogGroup vpn-logs"],
  },
  "vpn.alarmTopicArn": {
    effect: "in place",
    text: "The tunnels' alarms notify the new topic from then on.",
    to: { vpn: { alarmTopicArn: "arn:aws:sns:us-east-1:123456789012:alarms" } },
    steps: ["update MetricAlarm vpn-*"],
  },
} satisfies RowsOf<"vpn">;
