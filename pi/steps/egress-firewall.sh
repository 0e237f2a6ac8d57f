# egress-firewall: lets nothing but the site and the VPC be reached.
#
# EGRESS_UNIT  the unit that loads the table before the network is up
# TABLE        family and name of the nftables table
# RULES        path of its rules
# WAY          to the VPC: gateway or tunnels

step_prepare() {
  command -v nft >/dev/null || install_packages nftables
}

step_validate() {
  [ ! -e "$STAGE$RULES" ] || run nft -c -f "$STAGE$RULES"
}

step_apply() {
  # Makes systemd read all units again, too.
  run systemctl --quiet enable "$EGRESS_UNIT"
  # Reload replaces the table in one step; a restart would leave a gap.
  run systemctl reload-or-restart "$EGRESS_UNIT"
  print_expected_table >"$STATE/table"
}

# What nft makes of the file in a scratch network namespace: in the words of this very version.
print_expected_table() {
  unshare -n sh -c 'nft -f "$1" && nft -s list table "$2"' sh "$ROOT$RULES" "$TABLE"
}

step_verify() {
  local running
  systemctl --quiet is-enabled "$EGRESS_UNIT"
  systemctl --quiet is-active "$EGRESS_UNIT"
  running=$(nft -s list table "$TABLE")
  [ -e "$STATE/table" ] || return 1
  [ "$running" = "$(cat "$STATE/table")" ] ||
    fail "nft table $TABLE" "changed by hand" "must be as in $RULES" "run pulumi up again"
  fact mode "$WAY"
  fact rejectedFromHost "$(print_packets host_rejected)"
  fact rejectedFromContainers "$(print_packets containers_rejected)"
}

# COUNTER
print_packets() {
  nft list counter "$TABLE" "$1" | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

step_explain() {
  nft list table "$TABLE"
  systemctl --no-pager --lines 5 status "$EGRESS_UNIT"
}

step_undo() {
  local wants
  wants=$ROOT/etc/systemd/system/sysinit.target.wants
  systemctl stop "$EGRESS_UNIT" 2>/dev/null || :
  rm -f "$wants/$EGRESS_UNIT"
  rmdir "$wants" 2>/dev/null || :
  systemctl daemon-reload
  systemctl reset-failed "$EGRESS_UNIT" 2>/dev/null || :
  if command -v nft >/dev/null; then
    nft delete table "$TABLE" 2>/dev/null || :
  else
    say "nft is missing, so the rules stay until the host is rebooted"
  fi
  remove_packages
}
