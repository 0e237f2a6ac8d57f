/** How packets for the VPC leave a node. */
export type WayToVpc =
  | {
      /** Via the gateway, a neighbour on the site's network. */
      readonly kind: "gateway";
      /** IPv4. */
      readonly address: string;
    }
  | {
      /** Through the tunnels themselves: this node is the gateway. */
      readonly kind: "tunnels";
      /** Public IPv4 addresses of AWS's two endpoints, which IKE and ESP in UDP are sent to. */
      readonly addresses: readonly [string, string];
    };

export interface EgressFirewallArgs {
  /** IPv4 ranges. */
  readonly siteCidrs: readonly string[];
  /** IPv4 ranges. */
  readonly vpcCidrs: readonly string[];
  /** TCP port of the host's SSH server. */
  readonly sshPort: number;
  readonly via: WayToVpc;
}

/** Returns addresses and ranges as nft takes them in a rule. */
const nftSet = (elements: readonly string[]) => `{ ${elements.join(", ")} }`;

/** The nftables table that is this step's alone. */
export const nftTable = "inet ecs_anywhere_hybrid_egress";
export const nftPath = "/etc/ecs-anywhere-hybrid/egress.nft";

/** Interfaces that lead to AWS alone: VTI or XFRM, and kernel-libipsec's. */
const tunnelInterfaces = ["tunnel1", "tunnel2", "ipsec*"];

/**
 * Rules for the two hooks that packets leave a host by: `output`, the host's own, and `forward`, those of containers
 * with a network of their own (and, on the gateway, of the site's other hosts). They run before Docker's rules and
 * do not change those: a packet accepted here may still be dropped there.
 */
export function nftRules({ siteCidrs, vpcCidrs, sshPort, via }: EgressFirewallArgs): string {
  const [site, vpc] = [nftSet(siteCidrs), nftSet(vpcCidrs)];
  const toVpc =
    via.kind === "gateway"
      ? [`ip daddr ${vpc} rt ip nexthop ${via.address} accept`]
      : tunnelInterfaces.map((name) => `oifname "${name}" accept`);
  const ike =
    via.kind === "tunnels"
      ? ["# IKE, and ESP in UDP", `ip daddr ${nftSet(via.addresses)} udp dport { 500, 4500 } accept`]
      : [];
  const indented = (lines: readonly string[]) => lines.map((line) => `    ${line}\n`).join("");
  return `# Managed by ecs-anywhere-hybrid (site.internet: never): changes are lost.
# To open the host by hand until its next boot: nft delete table ${nftTable}
# The empty table makes the delete possible the first time; the file takes effect as a whole or not at all.
table ${nftTable} {}
delete table ${nftTable}
table ${nftTable} {
  counter host_rejected {}
  counter containers_rejected {}

  chain host {
    type filter hook output priority filter - 1; policy accept;
    oifname "lo" accept
    # 169.254.170.2, the tasks' credentials, which the ECS agent's rules have translated by now
    ip daddr 127.0.0.0/8 accept
    udp sport 68 udp dport 67 ip daddr 255.255.255.255 accept
${indented(ike)}    jump leave
    # A server's connection that is older than this table, such as the SSH session that brings it; a new one begins with SYN.
    ip daddr != ${vpc} tcp sport { 1-1023${sshPort > 1023 ? `, ${sshPort}` : ""} } tcp flags & (syn | ack) != syn accept
    counter name host_rejected
    jump refuse
  }
  chain containers {
    type filter hook forward priority filter - 1; policy accept;
    jump leave
    counter name containers_rejected
    jump refuse
  }
  chain leave {
    # First: not even an answer for the VPC leaves by another way.
${indented(toVpc)}    ip daddr ${vpc} return
    ip daddr ${site} accept
    ct state established,related ct direction reply accept
    # Docker's bridges, to containers of this host
    ip daddr { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 } oifname "docker0" accept
    ip daddr { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 } oifname "br-*" accept
    # multicast that no router forwards (RFC 5771)
    ip daddr 224.0.0.0/24 accept
    # link-local, unique local and multicast on the link (RFC 4291, RFC 4193)
    ip6 daddr { fe80::/10, fc00::/7, ff02::/16 } accept
  }
  # At once, so that nothing waits for an answer.
  chain refuse {
    meta l4proto tcp reject with tcp reset
    reject with icmpx type admin-prohibited
  }
}
`;
}
