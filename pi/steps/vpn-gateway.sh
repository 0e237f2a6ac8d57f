# vpn-gateway: the site's end of the VPN.
#
# FORMAT DATA_PATH                  ipsec.conf or swanctl.conf; kernel or userspace
# IPSEC_DAEMON SWANCTL_DAEMON       the unit of each format's daemon
# IPSEC_PACKAGES SWANCTL_PACKAGES   the packages of each format's daemon
# FIREWALL_UNIT WATCHDOG_UNIT       the step's own units
# MANAGED                           a line of the ipsec.conf that the step wrote
# STRONGSWAN_FILE SWANCTL_FILE      paths of files that the step owns
# RULE_COMMENT                      as for vpn-firewall
# PROGRAMS RUN_FOLDER               as for vpn-watchdog
# SITE VPC PUBLIC_ADDRESS           their ranges, and the address that AWS sees the site from
# TUNNEL1_ADDRESS TUNNEL2_ADDRESS   AWS's ends
# INTERFACE_TYPE                    of the tunnels' interfaces: vti, xfrm or none
# INTERFACE_RULES                   how many accepts the interfaces need
# MSS                               bytes

CONVERGE_AGAIN='raise site.converge by one and run pulumi up'

# FORMAT: sets format, as the format's functions begin, daemon and daemon_packages.
use_format() {
  case $1 in
    ipsec.conf) format=ipsec daemon=$IPSEC_DAEMON daemon_packages=$IPSEC_PACKAGES ;;
    swanctl.conf) format=swanctl daemon=$SWANCTL_DAEMON daemon_packages=$SWANCTL_PACKAGES ;;
  esac
}

step_require() {
  use_format "$FORMAT"
  has_site_address ||
    fail site.cidr "$SITE" "must contain an address of the gateway" "correct site.cidr, or name another host as site.gateway"
  "${DATA_PATH}_require"
  "${format}_require"
}

has_site_address() {
  local range
  for range in $SITE; do
    [ -z "$(ip -4 -o addr show scope global to "$range")" ] || return 0
  done
  return 1
}

# Only files that differ are staged.
step_validate() {
  local program
  for program in "$STAGE$PROGRAMS"/vpn-*; do
    [ ! -e "$program" ] || run sh -n "$program"
  done
}

# Goes by the files on the host, not by FORMAT: when a change failed, this makes the files of before effective again, be
# they of the other format.
step_apply() {
  if is_managed "$ROOT/etc/ipsec.conf"; then use_format ipsec.conf; else use_format swanctl.conf; fi
  if [ -n "${ROLLING_BACK-}" ]; then bring_daemon_back; fi
  # Removes accepts for an earlier range or data path.
  run systemctl restart "$FIREWALL_UNIT"
  apply_configuration
  # The new process keeps nothing about former tunnels.
  run systemctl restart "$WATCHDOG_UNIT"
}

# It is missing only when a change of format that failed had its packages replaced by the other ones.
bring_daemon_back() {
  # shellcheck disable=SC2086 # Words.
  install_packages $daemon_packages
  run systemctl --quiet enable "$daemon"
}

# The daemon starts again for its own settings and its connections. A new key takes its own tunnel down and no other.
apply_configuration() {
  local settings key1 key2
  settings=$(print_configuration | sed '/^ *secret = /d' | cksum)
  key1=$(print_keys | sed -n 1p | cksum)
  key2=$(print_keys | sed -n 2p | cksum)
  if [ "$settings" = "$(print_applied 1)" ] && systemctl --quiet is-active "$daemon"; then
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

# The files are back as they were; this removes their effects on the running system.
step_undo() {
  local unit
  delete_accepts
  # A daemon that ran before continues with its own configuration.
  for unit in "$IPSEC_DAEMON" "$SWANCTL_DAEMON"; do systemctl try-restart "$unit" 2>/dev/null || :; done
  remove_interfaces
  rm -f "$ROOT$RUN_FOLDER/vpn-daemon" "$ROOT$RUN_FOLDER/vpn-held-tunnel1" "$ROOT$RUN_FOLDER/vpn-held-tunnel2"
  remove_packages
}
