import type { AccessRule } from "../shared/access-group.ts";

/**
 * Returns rules that let DNS through, by UDP, and by TCP for long answers.
 *
 * @param peer names the rules
 */
export function dnsAccess(direction: "from" | "to", peer: string, cidr: string): readonly AccessRule[] {
  return (["udp", "tcp"] as const).map((protocol) => ({
    role: `${protocol}-${direction}-${peer}`,
    direction,
    cidr,
    protocol,
    port: 53,
  }));
}
