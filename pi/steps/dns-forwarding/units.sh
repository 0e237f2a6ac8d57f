# The servers' units, of which a node runs one. $STATE/started has those that the step started, $STATE/before what was there
# before it.
#
# DNS_ALL_UNITS; DNS_ALL_USERS: the system users that their packages create, and leave behind

print_units_and_users() {
  local unit user
  for unit in $DNS_ALL_UNITS; do
    if systemctl --quiet is-active "$unit.service"; then echo "active $unit"; fi
  done
  for user in $DNS_ALL_USERS; do
    if getent passwd "$user" >/dev/null; then echo "user $user"; fi
  done
}

# By its drop-in, as it is on the host: after a failure it is that of the version before.
is_declared() {
  [ -e "$ROOT/etc/systemd/system/$1.service.d/ecs-anywhere-hybrid.conf" ]
}

# Port 53 must be free, except for a server that this step started: it goes on, or is about to be stopped.
require_port() {
  local local_address users process unit
  ss -Hlnutp 'sport = :53' 2>/dev/null | while read -r _ _ _ _ local_address users; do
    case $local_address in "$address:53" | 127.0.0.1:53 | 0.0.0.0:53 | '*:53') ;; *) continue ;; esac
    process=${users#*\"}
    process=${process%%\"*}
    unit=$process
    if [ "$process" = systemd-resolve ]; then unit=systemd-resolved; fi
    if [ "$unit" = "$DNS_UNIT" ] || has_note started "$unit"; then continue; fi
    fail "port 53" "$local_address is taken by $process" "must be free for the node's own server" \
      "stop $process, or have the site's DNS server forward: site.dns.at"
  done
}

# The site's own server.
require_running() {
  systemctl --quiet is-active "$DNS_UNIT.service" ||
    fail "$DNS_UNIT.service" "not running" "must run here already: this host is the site's DNS server" \
      "start it, or set site.dns to what the site's DNS server is"
}

# Runs the declared server, and no other.
run_declared_server() {
  local unit
  run systemctl daemon-reload
  for unit in $DNS_ALL_UNITS; do
    if has_note started "$unit" && ! is_declared "$unit"; then
      systemctl disable --now "$unit.service" 2>/dev/null || :
      remove_note started "$unit"
    fi
  done
  for unit in $DNS_ALL_UNITS; do
    if is_declared "$unit"; then
      add_note started "$unit"
      systemctl --quiet is-enabled "$unit.service" || run systemctl enable "$unit.service"
      run systemctl restart "$unit.service"
    fi
  done
}

# A server that ran before goes on with what a person had told it.
stop_started_servers() {
  local unit
  systemctl daemon-reload
  for unit in $DNS_ALL_UNITS; do
    if has_note started "$unit"; then
      if has_note before "active $unit"; then
        systemctl restart "$unit.service" || :
      else
        systemctl disable --now "$unit.service" 2>/dev/null || :
      fi
    fi
  done
}

# Once their packages are gone.
remove_new_users() {
  local user
  if [ -n "${ROLLING_BACK-}" ] || [ ! -e "$STATE/before" ]; then return; fi
  for user in $DNS_ALL_USERS; do
    if ! has_note before "user $user" && getent passwd "$user" >/dev/null; then userdel "$user" || :; fi
  done
}
