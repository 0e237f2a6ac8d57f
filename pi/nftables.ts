import type { OwnedFile } from "./step.ts";

/** Returns the command with which a unit loads a table from its file. */
export const loadTable = (path: string): string => `/usr/sbin/nft -f ${path}`;

/** Returns the drop-in that makes nftables.service load a step's table again. NAME tells the steps' drop-ins apart. */
export const loadTableAgain = (name: string, path: string): OwnedFile => ({
  path: `/etc/systemd/system/nftables.service.d/ecs-anywhere-hybrid-${name}.conf`,
  mode: "644",
  content: `# It flushes every table when it starts, reloads or stops.
[Service]
ExecStartPost=-${loadTable(path)}
ExecReload=-${loadTable(path)}
ExecStopPost=-${loadTable(path)}
`,
});
