# vpn-gateway: the site's end of the VPN.
#
# FORMAT DATA_PATH                  ipsec.conf or swanctl.conf; kernel or userspace
# IPSEC_DAEMON SWANCTL_DAEMON       the unit of each format's daemon
# IPSEC_PACKAGES SWANCTL_PACKAGES   the packages of each format's daemon
# PACKAGES                          all that the step needs
# FIREWALL_UNIT WATCHDOG_UNIT       the step's own units
# MANAGED                           a line of the ipsec.conf that the step wrote
# STRONGSWAN_FILE SWANCTL_FILE SYSCTLS_FILE   paths of files that the step owns
# TABLE RULES RULE_COMMENT          as for vpn-firewall
# PROGRAMS RUN_FOLDER               as for vpn-watchdog
# SITE VPC PUBLIC_ADDRESS           the ranges, and the address that AWS sees the site from
# TUNNEL1_ADDRESS TUNNEL2_ADDRESS   AWS's ends
# INTERFACE_TYPE                    of the tunnels' interfaces: vti, xfrm or none
# INTERFACE_RULES                   how many clamps, and how many accepts, the interfaces need
# MSS                               bytes
# SYSCTLS                           a setting per line: path below /proc/sys, which may be a pattern, and value

CONVERGE_AGAIN='raise site.converge by one and run pulumi up'

# FORMAT: sets format, as the format's functions begin, daemon, other_daemon and daemon_packages.
use_format() {
  case $1 in
    ipsec.conf) format=ipsec daemon=$IPSEC_DAEMON other_daemon=$SWANCTL_DAEMON daemon_packages=$IPSEC_PACKAGES ;;
    swanctl.conf) format=swanctl daemon=$SWANCTL_DAEMON other_daemon=$IPSEC_DAEMON daemon_packages=$SWANCTL_PACKAGES ;;
  esac
}

step_require() {
  use_format "$FORMAT"
  [ -n "$(ip -4 -o addr show scope global to "$SITE")" ] ||
    fail site.cidr "$SITE" "must contain an address of the gateway" "correct site.cidr, or name another host as site.gateway"
  "${DATA_PATH}_require"
  "${format}_require"
}

step_prepare() {
  # Debian starts a daemon when it installs it.
  keep_notes units-before print_units
  # shellcheck disable=SC2086 # Words.
  install_packages $PACKAGES
}

print_units() {
  local unit
  for unit in "$IPSEC_DAEMON" "$SWANCTL_DAEMON"; do
    printf '%s %s %s\n' "$unit" "$(systemctl is-enabled "$unit" 2>/dev/null || :)" \
      "$(systemctl is-active "$unit" 2>/dev/null || :)"
  done
}

# Only files that differ are staged.
step_validate() {
  local program
  for program in "$STAGE$PROGRAMS"/vpn-*; do
    [ ! -e "$program" ] || run sh -n "$program"
  done
  [ ! -e "$STAGE$RULES" ] || run nft -c -f "$STAGE$RULES"
}

# Goes by the files on the host, not by FORMAT: when a change failed, this makes the files of before effective again, be
# they of the other format.
step_apply() {
  if is_managed "$ROOT/etc/ipsec.conf"; then use_format ipsec.conf; else use_format swanctl.conf; fi
  # Both bind UDP 500, and the second would take over the first one's control socket.
  systemctl disable --now "$other_daemon" 2>/dev/null || :
  # They are missing only when a change of format that failed had them replaced by the other ones.
  # shellcheck disable=SC2086 # Words.
  install_packages $daemon_packages
  keep_notes sysctls-before print_sysctls
  apply_sysctls
  # Makes systemd read all units again, too.
  run systemctl enable "$FIREWALL_UNIT" "$WATCHDOG_UNIT" "$daemon"
  systemctl restart "$FIREWALL_UNIT"
  apply_configuration
  systemctl restart "$WATCHDOG_UNIT"
}

# Every setting that the step may change.
print_sysctls() {
  local setting
  for setting in "$ROOT"/proc/sys/net/ipv4/ip_forward "$ROOT"/proc/sys/net/ipv4/icmp_ratelimit \
    "$ROOT"/proc/sys/net/ipv4/conf/*/send_redirects "$ROOT"/proc/sys/net/ipv4/conf/all/rp_filter; do
    printf '%s %s\n' "$setting" "$(cat "$setting")"
  done
}

apply_sysctls() {
  local key value setting
  sed -n 's/^\(net[^ ]*\) = \([0-9]*\)$/\1 \2/p' "$ROOT$SYSCTLS_FILE" | tr . / | while read -r key value; do
    for setting in "$ROOT"/proc/sys/$key; do echo "$value" >"$setting"; done
  done
}

# The daemon starts again for its own settings and its connections. A new key takes its own tunnel down and no other.
apply_configuration() {
  local settings key1 key2
  settings=$(print_configuration | sed '/^ *secret = /d' | cksum)
  key1=$(print_keys | sed -n 1p | cksum)
  key2=$(print_keys | sed -n 2p | cksum)
  if [ "$settings" = "$(print_applied 1)" ] && systemctl is-active --quiet "$daemon"; then
    [ "$key1" = "$(print_applied 2)" ] || use_new_key tunnel1
    [ "$key2" = "$(print_applied 3)" ] || use_new_key tunnel2
  else
    say "starts $daemon"
    systemctl stop "$daemon"
    remove_interfaces
    systemctl start "$daemon"
  fi
  (umask 077 && printf '%s\n' "$settings" "$key1" "$key2" >"$ROOT$RUN_FOLDER/vpn-daemon")
}

print_configuration() {
  cat "$ROOT$STRONGSWAN_FILE" "$ROOT/etc/ipsec.conf" "$ROOT$SWANCTL_FILE" 2>/dev/null
}

print_keys() {
  cat "$ROOT/etc/ipsec.secrets" "$ROOT$SWANCTL_FILE" 2>/dev/null | sed -n 's/^.* : PSK //p; s/^ *secret = //p'
}

# LINE: of what the daemon was last given.
print_applied() {
  sed -n "$1p" "$ROOT$RUN_FOLDER/vpn-daemon" 2>/dev/null
}

# TUNNEL: negotiated again, so that `verify` proves the new key. An end that AWS has replaced meanwhile does not answer the
# goodbye; charon gives up on that within seconds.
use_new_key() {
  say "negotiates $1 with its new key"
  "${format}_use_new_key" "$1"
}

# The files are back as they were; here goes what they made of the running system.
step_undo() {
  local wanted
  systemctl stop "$WATCHDOG_UNIT" "$FIREWALL_UNIT" "$IPSEC_DAEMON" "$SWANCTL_DAEMON" 2>/dev/null || :
  for wanted in "$ROOT/etc/systemd/system/multi-user.target.wants" "$ROOT/etc/systemd/system/nftables.service.wants"; do
    rm -f "$wanted/$WATCHDOG_UNIT" "$wanted/$FIREWALL_UNIT"
    rmdir "$wanted" 2>/dev/null || :
  done
  systemctl daemon-reload
  systemctl reset-failed "$WATCHDOG_UNIT" "$FIREWALL_UNIT" 2>/dev/null || :
  # The unit's own ExecStop went with its program.
  if command -v nft >/dev/null; then nft delete table "$TABLE" 2>/dev/null || :; fi
  delete_accepts
  remove_interfaces
  rm -f "$ROOT$RUN_FOLDER/vpn-daemon" "$ROOT$RUN_FOLDER/vpn-held-tunnel1" "$ROOT$RUN_FOLDER/vpn-held-tunnel2"
  remove_packages
  undo_sysctls
  undo_units
}

undo_sysctls() {
  local setting value
  [ -e "$STATE/sysctls-before" ] || return 0
  while read -r setting value; do
    # Docker found forwarding on and did not switch it on itself: its containers still need it.
    if [ "$setting" = "$ROOT/proc/sys/net/ipv4/ip_forward" ] && systemctl is-active --quiet docker.service; then continue; fi
    [ ! -e "$setting" ] || echo "$value" >"$setting"
  done <"$STATE/sysctls-before"
  rm "$STATE/sysctls-before"
}

# A first change that failed leaves the packages for the next try, but no daemon that did not run before.
undo_units() {
  local unit enabled active
  systemctl disable "$IPSEC_DAEMON" "$SWANCTL_DAEMON" 2>/dev/null || :
  [ -e "$STATE/units-before" ] || return 0
  while read -r unit enabled active; do
    [ "$enabled" != enabled ] || systemctl enable "$unit" 2>/dev/null || :
    [ "$active" != active ] || systemctl start "$unit" || :
  done <"$STATE/units-before"
  rm "$STATE/units-before"
}
