/** Arguments of the gateway step, and the figures that all of its files share. */
import { isIPv4 } from "node:net";
import { ipv4Range, smallestCover } from "../../../limits/addresses.ts";
import { presharedKeyPattern, presharedKeyRule } from "../../../limits/connectivity.ts";
import { fail } from "../../../limits/problem.ts";

/** One of the VPN connection's two tunnels, as AWS describes it. */
export interface GatewayTunnel {
  /** Public address of AWS's endpoint. */
  readonly address: string;
  /** As `presharedKeyRule` has it. */
  readonly presharedKey: string;
  /** This side's address inside the tunnel, for example 169.254.10.2. */
  readonly cgwInsideAddress: string;
  /** AWS's address inside the tunnel, for example 169.254.10.1. */
  readonly vgwInsideAddress: string;
  /** The /30 that holds both, for example 169.254.10.0/30. */
  readonly insideCidr: string;
}

export interface VpnGatewayArgs {
  /** Which of strongSwan's two configuration formats. */
  readonly format: "ipsec.conf" | "swanctl.conf";
  /** What encrypts: the kernel's ESP, or charon itself (kernel-libipsec). */
  readonly dataPath: "kernel" | "userspace";
  readonly siteCidrs: readonly string[];
  readonly vpcCidrs: readonly string[];
  /** Public address that AWS sees the site from; the gateway's IKE identity. */
  readonly customerGatewayAddress: string;
  readonly tunnels: { readonly tunnel1: GatewayTunnel; readonly tunnel2: GatewayTunnel };
}

/** A tunnel with what this step adds to it. */
export interface Tunnel extends GatewayTunnel {
  /** Name of the connection, of its CHILD_SA and, on the kernel path, of its interface. */
  readonly name: "tunnel1" | "tunnel2";
  /** On the kernel path: mark (VTI) or interface id (XFRM), and the metric of the VPC's route through it. */
  readonly number: 100 | 200;
}

export const tunnelsOf = (args: VpnGatewayArgs): readonly Tunnel[] => [
  { name: "tunnel1", number: 100, ...args.tunnels.tunnel1 },
  { name: "tunnel2", number: 200, ...args.tunnels.tunnel2 },
];

/** Returns a variable for each tunnel, such as `TUNNEL1_ADDRESS`. */
export const tunnelVariables = (
  args: VpnGatewayArgs,
  name: Uppercase<string>,
  value: (tunnel: Tunnel) => string | number,
): Readonly<Record<Uppercase<string>, string | number>> =>
  Object.fromEntries(tunnelsOf(args).map((t) => [`${t.name.toUpperCase()}_${name}`, value(t)]));

/** Folder of the step's own programs on the host. */
export const programs = "/usr/local/lib/ecs-anywhere-hybrid";
/** Folder of the step's own configuration, as far as no daemon prescribes a place. */
export const configFolder = "/etc/ecs-anywhere-hybrid";
/** What lives no longer than the running system. For root alone: the converge program's logs are here. */
export const runFolder = "/run/ecs-anywhere-hybrid";

export const firewallUnit = "ecs-anywhere-hybrid-vpn-firewall.service";
export const watchdogUnit = "ecs-anywhere-hybrid-vpn-watchdog.service";

/**
 * Bytes. Kernel: AWS's figures for AES-GCM behind NAT (Site-to-Site VPN user guide, best practices for a customer
 * gateway device). Userspace: the MTU that kernel-libipsec gives its interface, less 40 for the IP and TCP headers.
 */
export const sizes = {
  kernel: { mtu: 1438, mss: 1398 },
  userspace: { mtu: 1400, mss: 1360 },
} as const;

/**
 * What a tunnel's CHILD_SA carries. Kernel: everything, and routes choose. Userspace: kernel-libipsec needs an address of
 * its own inside the local selector, which is therefore one range around those of the site, routes by the remote one, and chooses the CHILD_SA by both; AWS's inside address
 * in it makes a probe take this tunnel and no other. AWS's own selectors, 0.0.0.0/0 both, are narrowed to it.
 */
export const selectors = (args: VpnGatewayArgs, tunnel?: Tunnel) =>
  args.dataPath === "kernel"
    ? { local: "0.0.0.0/0", remote: "0.0.0.0/0" }
    : {
        local: smallestCover(args.siteCidrs),
        remote: [...args.vpcCidrs, `${tunnel?.vgwInsideAddress}/32`].join(","),
      };

/**
 * Probes through each tunnel, in numbers of probes where it says nothing else. A tunnel is silent 0.45 to 0.6 s after it
 * failed. Where the round trip takes longer than the interval, every probe is missed for a moment, never two in a row.
 */
export const probing = {
  intervalSeconds: 0.15,
  doubtAfter: 2,
  silentAfter: 3,
  /** Answers until a tunnel that was silent is well again: 5 s, and twice as many for every flap. */
  wellAfter: 33,
  /** A tunnel that answered less than this, 10 s, before it fell silent again, flaps. */
  steadyAfter: 67,
  mostFlaps: 6,
  reportEvery: 13,
} as const;

/** Interfaces that decrypted packets come from; a trailing `*` stands for any number. */
export const interfacesOf = (args: VpnGatewayArgs): readonly string[] =>
  args.dataPath === "kernel" ? tunnelsOf(args).map((t) => t.name) : ["ipsec*"];

/**
 * Every value below ends in a file that a daemon or a shell reads, so none may hold more than its kind allows.
 * What AWS takes as a pre-shared key ends no line and no quotation in strongSwan's. Throws an error of four parts; a
 * pre-shared key is never in it.
 */
export function checkArgs(args: VpnGatewayArgs): void {
  for (const [field, values] of [
    ["vpn.siteCidrs", args.siteCidrs],
    ["vpn.vpcCidrs", args.vpcCidrs],
  ] as const)
    for (const value of values)
      if (!ipv4Range.test(value)) fail(field, value, "must be an IPv4 range", "write it as 10.0.0.0/16");
  if (!isIPv4(args.customerGatewayAddress))
    fail(
      "vpn.customerGatewayAddress",
      args.customerGatewayAddress,
      "must be an IPv4 address",
      "give the site's public address",
    );
  for (const tunnel of tunnelsOf(args)) {
    for (const field of ["address", "cgwInsideAddress", "vgwInsideAddress"] as const)
      if (!isIPv4(tunnel[field]))
        fail(
          `vpn.${tunnel.name}.${field}`,
          tunnel[field],
          "must be an IPv4 address",
          "take it from the VPN connection",
        );
    if (!ipv4Range.test(tunnel.insideCidr))
      fail(
        `vpn.${tunnel.name}.insideCidr`,
        tunnel.insideCidr,
        "must be an IPv4 range",
        "take it from the VPN connection",
      );
    if (!presharedKeyPattern.test(tunnel.presharedKey))
      fail(`vpn.${tunnel.name}.presharedKey`, "(secret)", presharedKeyRule, "choose another key");
  }
}
