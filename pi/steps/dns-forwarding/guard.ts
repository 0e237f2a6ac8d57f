import { loadTable, loadTableAgain } from "../../nftables.ts";
import type { OwnedFile, Script } from "../../step.ts";
import { managed } from "./server.ts";

export const guardTable = "ip ecs_anywhere_hybrid_dns";
export const guardPath = "/etc/ecs-anywhere-hybrid/dns-forwarding.nft";

/** A node's server has this, and no other does. */
export const unitDropIn = (unit: string) => `/etc/systemd/system/${unit}.service.d/ecs-anywhere-hybrid.conf`;

/**
 * Who may ask a node: itself and its containers, by the interfaces that Docker makes. For all servers alike, as some
 * cannot tell. Declared in `detect`, where `$address` and `$device` are known.
 */
export const ownGuard: Script = `
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
    iifname "$device" jump others
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
`;

/** Loads it before the server starts, and after nftables.service, which flushes every table. */
export const guardUnits = (unit: string): readonly OwnedFile[] => [
  {
    path: unitDropIn(unit),
    mode: "644",
    content: `# ${managed}
[Service]
ExecStartPre=+${loadTable(guardPath)}
Restart=always
RestartSec=1
`,
  },
  loadTableAgain("dns", guardPath),
];
