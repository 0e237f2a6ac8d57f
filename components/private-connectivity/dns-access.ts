import type { AccessRule } from "../shared/access-group.ts";

/** Rules that let DNS through, by UDP and by TCP, which long answers need. */
export function dnsAccess(direction: "from" | "to", whom: string, cidr: string): readonly AccessRule[] {
  return (["udp", "tcp"] as const).map((protocol) => ({
    role: `${protocol}-${direction}-${whom}`,
    direction,
    cidr,
    protocol,
    port: 53,
  }));
}
