import { readFileSync } from "node:fs";
import type { OwnedFile } from "../../step.ts";
import {
  makeRunFolder,
  programs,
  runFolder,
  sizes,
  type Tunnel,
  tunnelsOf,
  type VpnGatewayArgs,
} from "./args.ts";
import { usesVti } from "./sysctl.ts";
import { heldFile } from "./watchdog.ts";

/**
 * The kernel path's updown program: charon runs it when a tunnel's CHILD_SA comes up or goes down (updown plugin,
 * PLUTO_* variables), so the VPC's route follows the tunnel. An interface alone stays up when its tunnel dies.
 * The interface is made here, too: a reboot needs nothing else, and VTI needs to know the addresses.
 */
export function updownProgram(args: VpnGatewayArgs): OwnedFile {
  return { path: `${programs}/vpn-updown`, mode: "755", content: program(args) };
}

const part = (name: string) => readFileSync(new URL(`updown/${name}.sh`, import.meta.url), "utf8");
const parts = { vti: part("vti"), xfrm: part("xfrm"), main: part("main") };

const settings = (tunnel: Tunnel) =>
  `  ${tunnel.name}) number=${tunnel.number} inside=${tunnel.cgwInsideAddress}/${tunnel.insideCidr.split("/")[1]} ;;`;

const program = (args: VpnGatewayArgs) => `#!/bin/sh
# Run by charon when a tunnel comes up or goes down: the VPC's route follows it.
set -eu
tunnel=\${PLUTO_CONNECTION-}
case $tunnel in
${tunnelsOf(args).map(settings).join("\n")}
  *) exit 0 ;;
esac
site=${args.siteCidr}
vpc=${args.vpcCidr}
mtu=${sizes.kernel.mtu}
held="${heldFile("$tunnel")}"
${usesVti(args) ? `run=${runFolder}\nmake_run_folder() { ${makeRunFolder}; }\n\n${parts.vti}` : `\n${parts.xfrm}`}
${parts.main}`;
