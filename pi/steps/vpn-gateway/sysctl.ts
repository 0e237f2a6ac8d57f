import type { Step } from "../../step.ts";
import type { VpnGatewayArgs } from "./args.ts";

/**
 * What the kernel must be told, by dotted name (Linux Documentation/networking/ip-sysctl.rst):
 * - ip_forward: the gateway is a router.
 * - send_redirects: while the tunnels are down the gateway would tell its neighbours to bypass it, and they would
 *   remember it. A redirect is sent when `all` or the interface asks for it, so each interface is named by the glob.
 * - rp_filter (VTI only): AWS may answer through the other tunnel. XFRM interfaces skip the check for decrypted
 *   packets, and the userspace path has one interface for both tunnels.
 * - icmp_ratelimit: while the tunnels are down, each packet for the VPC is rejected, so that its sender knows at once; by
 *   default the kernel says so to each host once per second. Its limit for all hosts, 1000 per second, stays.
 * VTI's per-interface settings are made by `vpn-updown`, which knows the interfaces.
 */
export function sysctls(args: VpnGatewayArgs): NonNullable<Step["sysctls"]> {
  return {
    // Docker found forwarding on and did not switch it on itself: its containers still need it.
    "net.ipv4.ip_forward": { value: "1", keptFor: "docker.service" },
    "net.ipv4.icmp_ratelimit": "0",
    "net.ipv4.conf.all.send_redirects": "0",
    "net.ipv4.conf.default.send_redirects": "0",
    "net.ipv4.conf.*.send_redirects": "0",
    ...(usesVti(args) ? { "net.ipv4.conf.all.rp_filter": "2" } : {}),
  };
}

/** `ipsec.conf` knows marks only, so its route-based tunnels are VTIs. */
export const usesVti = (args: VpnGatewayArgs): boolean =>
  args.dataPath === "kernel" && args.format === "ipsec.conf";
