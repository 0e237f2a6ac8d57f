import { managed } from "./server.ts";

export const guardTable = "ip ecs_anywhere_hybrid_dns";
export const guardPath = "/etc/ecs-anywhere-hybrid/dns-forwarding.nft";

/** A node's server has this, and no other does. */
export const unitDropIn = (unit: string) => `/etc/systemd/system/${unit}.service.d/ecs-anywhere-hybrid.conf`;

/**
 * Who may ask a node: itself and its containers, by the interfaces that Docker makes. For all servers alike, as some
 * cannot tell. Declared in `detect`, where `$address` and `$interface` are known; loaded before the server starts, and
 * after nftables.service, which flushes every table.
 */
export const ownGuard = (unit: string) => `
own_file ${guardPath} 644 <<END
# ${managed}
# The empty table makes the delete possible the first time; the file takes effect as a whole or not at all.
table ${guardTable} {}
delete table ${guardTable}
table ${guardTable} {
  chain input {
    type filter hook input priority filter; policy accept;
    ip daddr $address meta l4proto { tcp, udp } th dport 53 jump dns
  }
  chain dns {
    iifname "lo" return
    iifname "$interface" jump others
    iifname "docker*" return
    iifname "br-*" return
    jump others
  }
  chain others {
    meta l4proto tcp reject with tcp reset
    reject
  }
}
END
own_file ${unitDropIn(unit)} 644 <<END
# ${managed}
[Service]
ExecStartPre=+/usr/sbin/nft -f ${guardPath}
Restart=always
RestartSec=1
END
own_file /etc/systemd/system/nftables.service.d/ecs-anywhere-hybrid-dns.conf 644 <<END
# It flushes every table when it starts, reloads or stops.
[Service]
ExecStartPost=-/usr/sbin/nft -f ${guardPath}
ExecReload=-/usr/sbin/nft -f ${guardPath}
ExecStopPost=-/usr/sbin/nft -f ${guardPath}
END
`;
