import { readFileSync } from "node:fs";
import type { OwnedFile } from "../../step.ts";
import { programs, tunnelsOf, type VpnGatewayArgs } from "./args.ts";

/**
 * `vpn-status`: one line for each tunnel, `NAME STATE IN OUT`, for the watchdog, for `verify` and for people.
 * - STATE: `installed` (its CHILD_SA is in force), `connecting` (charon is at it), `established` (IKE is up, but
 *   there is no CHILD_SA), `none` (charon gave up, or never began).
 * - IN, OUT: how many bytes came and went through the CHILD_SA.
 * Ends with status 1 when the daemon does not answer.
 */
export function statusProgram(args: VpnGatewayArgs): OwnedFile {
  return { path: `${programs}/vpn-status`, mode: "755", content: program(args) };
}

/** Stands between single quotes of the shell, so it may hold none. */
const part = (name: string) => readFileSync(new URL(`status/${name}.awk`, import.meta.url), "utf8");
const main = part("main");
/** How charon is asked, and what reads its answer. */
const ways = {
  "ipsec.conf": {
    // What `ipsec statusall` runs, without the shell around it, which takes three times as long.
    ask: "PATH=$PATH:/usr/lib/ipsec\nassociations=$(timeout 3 stroke statusall 2>/dev/null) || exit 1",
    read: part("stroke"),
  },
  "swanctl.conf": {
    ask: "associations=$(timeout 3 swanctl --list-sas --raw 2>/dev/null) || exit 1",
    read: part("vici"),
  },
} as const;

const program = (args: VpnGatewayArgs) => `#!/bin/sh
# One line for each tunnel: NAME installed|connecting|established|none BYTES-IN BYTES-OUT
set -eu
${ways[args.format].ask}
awk -v tunnels="${tunnelsOf(args)
  .map((tunnel) => tunnel.name)
  .join(" ")}" '
${ways[args.format].read}${main}' <<END
$associations
END
`;
