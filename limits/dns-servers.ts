/**
 * The DNS servers that can forward AWS's names to the VPC's inbound resolver. What the steps do with each of them is its
 * record in `pi/steps/dns-forwarding/servers/`.
 */
export const dnsServerNames = ["dnsmasq", "unbound", "bind9", "systemd-resolved"] as const;

export type DnsServerName = (typeof dnsServerNames)[number];
