import type { Script } from "../../step.ts";
import { guardTable, unitDropIn } from "./guard.ts";

/** Of the servers that a node may run. */
const units = ["dnsmasq", "unbound", "named", "systemd-resolved"];
/** Whom their packages make, and leave behind. */
const users = ["dnsmasq", "unbound", "bind", "systemd-resolve"];

/** Keeps in `$STATE/before` what undo must know. */
export const rememberBefore: Script = `
if [ ! -e "$STATE/before" ]; then
  {
    for unit in ${units.join(" ")}; do
      ! systemctl --quiet is-active "$unit.service" || echo "active $unit"
    done
    for user in ${users.join(" ")}; do
      ! getent passwd "$user" >/dev/null || echo "user $user"
    done
  } >"$STATE/before.new"
  mv "$STATE/before.new" "$STATE/before"
fi
`;

/** Who keeps a port that a node's server needs; a server that this step started may go on, or is about to be stopped. */
export const requirePort: Script = `
ss -Hlnutp 'sport = :53' 2>/dev/null | while read -r _ _ _ _ local who; do
  case $local in "$address:53" | 127.0.0.1:53 | 0.0.0.0:53 | '*:53') ;; *) continue ;; esac
  process=\${who#*\\"}
  process=\${process%%\\"*}
  unit=$process
  [ "$process" != systemd-resolve ] || unit=systemd-resolved
  [ "$unit" != "$wanted" ] || continue
  ! grep -qsx "$unit" "$STATE/started" || continue
  fail "port 53" "$local is taken by $process" "must be free for the node's own server" \\
    "stop $process, or have the site's DNS server forward: site.dns.at"
done
`;

/**
 * Runs the server whose drop-in stands on the host, and no other: after a failure that is the one of the version
 * before.
 */
export const runServer: Script = `
run systemctl daemon-reload
for unit in ${units.join(" ")}; do
  if [ ! -e "$ROOT${unitDropIn("$unit")}" ] && grep -qsx "$unit" "$STATE/started"; then
    systemctl disable --now "$unit.service" 2>/dev/null || :
    grep -vx "$unit" "$STATE/started" >"$STATE/started.new" || :
    mv "$STATE/started.new" "$STATE/started"
  fi
done
for unit in ${units.join(" ")}; do
  [ -e "$ROOT${unitDropIn("$unit")}" ] || continue
  grep -qsx "$unit" "$STATE/started" || echo "$unit" >>"$STATE/started"
  systemctl --quiet is-enabled "$unit.service" || run systemctl enable "$unit.service"
  run systemctl restart "$unit.service"
done
`;

/** A server that ran before goes on with what a person had told it. */
export const stopServer: Script = `
systemctl daemon-reload
for unit in ${units.join(" ")}; do
  grep -qsx "$unit" "$STATE/started" || continue
  if grep -qsx "active $unit" "$STATE/before"; then
    systemctl restart "$unit.service" || :
  else
    systemctl disable --now "$unit.service" 2>/dev/null || :
  fi
done
! command -v nft >/dev/null || nft delete table ${guardTable} 2>/dev/null || :
`;

/** After the packages went. */
export const forgetBefore: Script = `
if [ -z "\${ROLLING_BACK-}" ] && [ -e "$STATE/before" ]; then
  for user in ${users.join(" ")}; do
    grep -qsx "user $user" "$STATE/before" || ! getent passwd "$user" >/dev/null || userdel "$user" || :
  done
fi
rm -f "$STATE/before" "$STATE/started" "$STATE/name-servers"
`;
