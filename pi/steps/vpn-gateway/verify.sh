# vpn-gateway: both tunnels carry traffic.
#
# The watchdog pings AWS's inside address through each of them, and the answers show in the counter of its CHILD_SA. On the
# kernel path that is required. On the userspace path AWS does not say whether it answers the site there
# (docs/decisions/vpn-watchdog.md), so it is awaited for a moment, and a fact says what was seen; but there IKE and ESP
# share one flow, UDP 4500, so that a CHILD_SA that IKE_AUTH made and DPD (every 3 s, gone within 7.4 s) keeps is one whose
# path carries packets both ways, on AWS as in any lab.

step_verify() {
  local tunnels routes tunnel state bytes seen
  use_format "$FORMAT"
  verify_units
  verify_sysctls
  verify_firewall
  case $DATA_PATH in
    kernel)
      routes=$(ip -4 route show "$VPC")
      tunnels=$(print_status)
      ;;
    userspace) await_answers ;;
  esac
  while read -r tunnel state bytes _; do
    [ "$state" = installed ] ||
      fail "vpn.$tunnel" "$state" "must be up" \
        "see below what charon said of it, and compare it with the VPN connection in AWS"
    [ "$DATA_PATH" != kernel ] || verify_tunnel_interface "$tunnel" "$routes" "$bytes"
    fact "$tunnel" UP
    if [ "$bytes" -gt 0 ]; then seen=seen; else seen="unknown: AWS answers no probe"; fi
    fact "${tunnel}Traffic" "$seen"
  done <<END
$tunnels
END
  [ "$DATA_PATH" != userspace ] || verify_table_220
  fact dataPath "$DATA_PATH"
  fact mss "$MSS"
}

# Read, not run: a shell less.
print_status() {
  # shellcheck disable=SC1090,SC1091
  . "$ROOT$PROGRAMS/vpn-status"
}

verify_units() {
  local wants unit states first second third last
  wants=$ROOT/etc/systemd/system/multi-user.target.wants
  for unit in "$daemon" "$FIREWALL_UNIT" "$WATCHDOG_UNIT"; do
    [ -e "$wants/$unit" ] || fail "$unit" "not enabled" "must be started at boot" "$CONVERGE_AGAIN"
  done
  [ ! -e "$wants/$other_daemon" ] ||
    fail "$other_daemon" enabled "must not be started beside $daemon" "$CONVERGE_AGAIN"
  # One call, and the one that asks systemd for least. Of the daemon that must not run, there may be no unit at all.
  states=$(systemctl is-active "$daemon" "$FIREWALL_UNIT" "$WATCHDOG_UNIT" "$other_daemon") || :
  { read -r first && read -r second && read -r third && read -r last; } <<END
$states
END
  [ "$first $second $third" = "active active active" ] ||
    fail "$daemon, $FIREWALL_UNIT, $WATCHDOG_UNIT" "$first, $second, $third" "must be active" "see below what they logged"
  [ "$last" != active ] || fail "$other_daemon" active "must not run beside $daemon" "$CONVERGE_AGAIN"
}

verify_sysctls() {
  local key value setting
  while read -r key value; do
    for setting in "$ROOT"/proc/sys/$key; do verify_sysctl "$setting" "$value"; done
  done <<END
$SYSCTLS
END
}

# PATH VALUE
verify_sysctl() {
  local value
  value=
  # dash reads a byte at a time, and the kernel gives no more than one of a setting: no newline, so `read` says 1.
  read -r value <"$1" || :
  [ "$value" = "$2" ] ||
    fail "${1#"$ROOT"}" "$value" "must be $2" "look for what sets it, in /etc/sysctl.d; then $CONVERGE_AGAIN"
}

verify_firewall() {
  local count
  count_of "$(nft list table "$TABLE")" "maxseg size set $MSS"
  [ "$count" = "$INTERFACE_RULES" ] ||
    fail "nft table $TABLE" "$count limits on segments" "must be $INTERFACE_RULES" "$CONVERGE_AGAIN"
  command -v iptables >/dev/null || return 0
  count_of "$(iptables -w -S FORWARD 2>/dev/null)" "--comment $RULE_COMMENT -j ACCEPT"
  [ "$count" = "$INTERFACE_RULES" ] ||
    fail "iptables FORWARD" "$count rules of $RULE_COMMENT" "must be $INTERFACE_RULES" "$CONVERGE_AGAIN"
}

# TEXT PART
holds() {
  case $1 in *"$2"*) ;; *) return 1 ;; esac
}

# TEXT PART: sets count to how often the text holds the part; without a process.
count_of() {
  local rest
  count=0
  rest=$1
  while holds "$rest" "$2"; do
    rest=${rest#*"$2"}
    count=$((count + 1))
  done
}
