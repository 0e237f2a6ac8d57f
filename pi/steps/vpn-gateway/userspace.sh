# vpn-gateway, on the userspace path.

userspace_require() {
  [ -c "$ROOT/dev/net/tun" ] || modprobe -q tun 2>/dev/null ||
    fail vpn.dataPath "userspace, but the running kernel $(uname -r) has no TUN device (/dev/net/tun)" \
      "must be supported by the kernel" "set vpn.dataPath to kernel, or boot a kernel that has it"
}

# Sets tunnels to what vpn-status prints, as soon as both tunnels brought an answer to a probe: a moment after they came up.
await_answers() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    tunnels=$(print_status)
    holds "$tunnels" " installed 0 " || return 0
    sleep 0.2
  done
  tunnels=$(print_status)
}

verify_table_220() {
  local ways range
  ways=$(
    ip -4 -batch - <<END
rule show
route show table 220
END
  )
  holds "$ways" "lookup 220" ||
    fail "vpn.dataPath userspace" "no rule for table 220" "must have one" "$CONVERGE_AGAIN"
  for range in $VPC; do
    holds "$ways" "$range dev ipsec" ||
      fail "vpn.dataPath userspace" "no route to $range in table 220" "must have one to charon's interface" "$CONVERGE_AGAIN"
  done
}
