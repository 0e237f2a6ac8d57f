import { loadTable, loadTableAgain } from "../../nftables.ts";
import type { OwnedFile } from "../../step.ts";
import { managed } from "./server.ts";

/** The table of guard.sh. */
export const guardFile = "/etc/ecs-anywhere-hybrid/dns-forwarding.nft";

/**
 * Loads the table before the node's server starts, and after nftables.service, which flushes every table. By the server's
 * drop-in `units.sh` knows which server the node runs: no other has one.
 */
export const guardUnits = (unit: string): readonly OwnedFile[] => [
  {
    path: `/etc/systemd/system/${unit}.service.d/ecs-anywhere-hybrid.conf`,
    mode: "644",
    content: `# ${managed}
[Service]
ExecStartPre=+${loadTable(guardFile)}
Restart=always
RestartSec=1
`,
  },
  loadTableAgain("dns", guardFile),
];
