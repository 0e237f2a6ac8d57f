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
  return {
    path: `${programs}/vpn-status`,
    mode: "755",
    content: `#!/bin/sh
# One line for each tunnel: NAME installed|connecting|established|none BYTES-IN BYTES-OUT
set -eu
${args.format === "ipsec.conf" ? stroke : vici}
awk -v tunnels="${tunnelsOf(args)
      .map((tunnel) => tunnel.name)
      .join(" ")}" '
  function better(name, value) { if (value > rank[name]) rank[name] = value }
${args.format === "ipsec.conf" ? strokeLines : viciLines}
  END {
    split("none established connecting installed", word, " ")
    count = split(tunnels, names, " ")
    for (i = 1; i <= count; i++) print names[i], word[rank[names[i]] + 1], came[names[i]] + 0, went[names[i]] + 0
  }
' <<END
$associations
END
`,
  };
}

/** What `ipsec statusall` runs, without the shell around it, which takes three times as long. */
const stroke = "PATH=$PATH:/usr/lib/ipsec\nassociations=$(timeout 3 stroke statusall 2>/dev/null) || exit 1";

/** `tunnel1[3]: ESTABLISHED …`, `tunnel1{7}:  INSTALLED, TUNNEL…`, `tunnel1{7}:  AES…, 84 bytes_i (1 pkt, 3s ago)…`. */
const strokeLines = String.raw`  match($1, /[[{][0-9]+[]}]:$/) {
    name = substr($1, 1, RSTART - 1)
    if ($1 ~ /\]:$/) {
      if ($2 ~ /^ESTABLISHED|^REKEY/) better(name, 1)
      else if ($2 ~ /^CONNECTING|^CREATED/) better(name, 2)
    }
    else if ($2 ~ /^INSTALLED|^REKEYING|^UPDATING/) better(name, 3)
    else if ($2 ~ /^CREATED|^INSTALLING|^RETRYING/) better(name, 2)
    if (match($0, /[0-9]+ bytes_i/)) came[name] += substr($0, RSTART, RLENGTH - 8)
    if (match($0, /[0-9]+ bytes_o/)) went[name] += substr($0, RSTART, RLENGTH - 8)
  }`;

const vici = "associations=$(timeout 3 swanctl --list-sas --raw 2>/dev/null) || exit 1";

/** One line for each IKE_SA: `list-sa event {tunnel1 {… state=ESTABLISHED … child-sas {tunnel1-7 {… state=INSTALLED…`. */
const viciLines = `  /^list-sa event/ {
    name = substr($3, 2)
    children = index($0, "child-sas {")
    ike = substr($0, 1, children)
    child = substr($0, children)
    if (ike ~ / state=(ESTABLISHED|REKEY)/) better(name, 1)
    else if (ike ~ / state=(CONNECTING|CREATED)/) better(name, 2)
    if (child ~ / state=(INSTALLED|REKEYING|UPDATING) /) better(name, 3)
    else if (child ~ / state=(CREATED|INSTALLING|RETRYING) /) better(name, 2)
    while (match(child, / bytes-(in|out)=[0-9]+/)) {
      split(substr(child, RSTART + 7, RLENGTH - 7), part, "=")
      if (part[1] == "in") came[name] += part[2]
      else went[name] += part[2]
      child = substr(child, RSTART + RLENGTH)
    }
  }`;
