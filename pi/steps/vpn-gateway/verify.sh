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
  verify_accepts
  case $DATA_PATH in
    kernel)
      routes=$(ip -4 route show)
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

# Read, not run, which saves a shell.
print_status() {
  # shellcheck disable=SC1090,SC1091
  . "$ROOT$PROGRAMS/vpn-status"
}

verify_accepts() {
  local count
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
