import type { VpnGatewayArgs } from "./args.ts";

/** Each format's daemon, by package. The other format's daemon must never run beside it. */
export const daemonPackages = {
  "ipsec.conf": ["strongswan-starter", "strongswan-charon"],
  "swanctl.conf": ["charon-systemd", "strongswan-swanctl"],
} as const;

/**
 * The same names in Debian 12 and 13, Ubuntu 22.04 and 24.04 and Raspberry Pi OS. `libstrongswan-standard-plugins`:
 * AES-GCM and, by OpenSSL, ECP 384; `libcharon-extra-plugins`: kernel-libipsec. On Debian 13 the two daemons'
 * packages conflict, so that a change of format takes the other one away; elsewhere it stays, disabled.
 */
export function packagesOf(args: VpnGatewayArgs): readonly string[] {
  return [
    ...daemonPackages[args.format],
    "libstrongswan-standard-plugins",
    ...(args.dataPath === "userspace" ? ["libcharon-extra-plugins"] : []),
    // Only swanctl can take an IKE_SA away without waiting for the other end, which the watchdog does there.
    ...(args.dataPath === "userspace" && args.format === "ipsec.conf" ? ["strongswan-swanctl"] : []),
    "iputils-ping",
    "nftables",
  ];
}
