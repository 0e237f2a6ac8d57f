import type { VpnGatewayArgs } from "../args.ts";

/** The daemon that each format needs: its unit and its packages. The other one must never run beside it. */
export const daemons = {
  "ipsec.conf": { unit: "strongswan-starter.service", packages: ["strongswan-starter", "strongswan-charon"] },
  "swanctl.conf": { unit: "strongswan.service", packages: ["charon-systemd", "strongswan-swanctl"] },
} as const;

/**
 * Returns all packages of the step. They have the same names in Debian 12 and 13, Ubuntu 22.04 and 24.04 and Raspberry Pi
 * OS. `libstrongswan-standard-plugins`: AES-GCM and, by OpenSSL, ECP 384; `libcharon-extra-plugins`: kernel-libipsec. On
 * Debian 13 the two daemons' packages conflict, so that a change of format replaces the other one's before anything else;
 * elsewhere they go once the new one is in force.
 */
export function packagesOf({ format, dataPath }: VpnGatewayArgs): readonly string[] {
  const userspace = dataPath === "userspace";
  return [
    ...daemons[format].packages,
    "libstrongswan-standard-plugins",
    ...(userspace ? ["libcharon-extra-plugins"] : []),
    // Only swanctl can end an IKE_SA without waiting for the other end, which the watchdog does there.
    ...(userspace && format === "ipsec.conf" ? ["strongswan-swanctl"] : []),
    "iputils-ping",
    "nftables",
  ];
}
