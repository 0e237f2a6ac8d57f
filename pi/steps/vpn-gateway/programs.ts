/** The step's programs on the host, but for the watchdog's and the firewall's. */
import { hostProgram } from "../../script.ts";
import type { OwnedFile } from "../../step.ts";
import { programs, runFolder, sizes, tunnelsOf, tunnelVariables, type VpnGatewayArgs } from "./args.ts";
import { usesVti } from "./sysctl.ts";

/**
 * `vpn-status`: one line for each tunnel, `NAME STATE IN OUT`, for the watchdog, for `verify` and for people.
 * - STATE: `installed` (its CHILD_SA is in force), `connecting` (charon is at it), `established` (IKE is up, but
 *   there is no CHILD_SA), `none` (charon gave up, or never began).
 * - IN, OUT: how many bytes came and went through the CHILD_SA.
 * Ends with status 1 when the daemon does not answer.
 */
export const statusProgram = (args: VpnGatewayArgs): OwnedFile => ({
  path: `${programs}/vpn-status`,
  mode: "755",
  content: hostProgram(
    {
      TUNNELS: tunnelsOf(args)
        .map((tunnel) => tunnel.name)
        .join(" "),
    },
    `vpn-gateway/status/${args.format === "ipsec.conf" ? "ipsec" : "swanctl"}.sh`,
    "vpn-gateway/status/main.sh",
  ),
});

/**
 * The kernel path's updown program: charon runs it when a tunnel's CHILD_SA comes up or goes down (updown plugin,
 * PLUTO_* variables), so the VPC's route follows the tunnel. An interface alone stays up when its tunnel dies.
 * The interface is made here, too: a reboot needs nothing else, and VTI needs to know the addresses.
 */
export const updownProgram = (args: VpnGatewayArgs): OwnedFile => ({
  path: `${programs}/vpn-updown`,
  mode: "755",
  content: hostProgram(
    {
      SITE: args.siteCidrs.join(" "),
      VPC: args.vpcCidrs.join(" "),
      MTU: sizes.kernel.mtu,
      ...tunnelVariables(args, "INSIDE", (t) => `${t.cgwInsideAddress}/${t.insideCidr.split("/")[1]}`),
      ...tunnelVariables(args, "NUMBER", (t) => t.number),
      RUN_FOLDER: runFolder,
    },
    "vpn-gateway/site-address.sh",
    `vpn-gateway/updown/${usesVti(args) ? "vti" : "xfrm"}.sh`,
    "vpn-gateway/updown/main.sh",
  ),
});
