# vpn-gateway, on the kernel path.

# A key of 32 + 4 bytes for a Security Association that lives only in a scratch network namespace.
SCRATCH_KEY=0x111111111111111111111111111111111111111111111111111111111111111111111111

# Whether the kernel can do it is asked of the kernel, in a scratch network namespace: a module file proves little, and a
# built-in feature has none.
kernel_require() {
  case $INTERFACE_TYPE in
    vti) require_in_kernel VTI ip link add scratch type vti local 127.0.0.1 remote 127.0.0.2 key 1 ;;
    xfrm) require_in_kernel "XFRM interfaces" ip link add scratch type xfrm dev lo if_id 1 ;;
  esac
  require_in_kernel "ESP with AES-GCM" ip xfrm state add src 127.0.0.1 dst 127.0.0.2 proto esp spi 0x1000 mode tunnel \
    aead 'rfc4106(gcm(aes))' "$SCRATCH_KEY" 128
}

# WHAT COMMAND…
require_in_kernel() {
  local what said
  what=$1
  shift
  said=$(unshare -n "$@" 2>&1) ||
    fail vpn.dataPath "kernel, but the running kernel $(uname -r) has no $what ($said)" "must be supported by the kernel" \
      "set vpn.dataPath to userspace, or boot a kernel that has it (Ubuntu: package linux-modules-extra-raspi)"
}

# TUNNEL ROUTES BYTES: fails unless the tunnel, which is up, has its interface and its routes, and bytes came in.
verify_tunnel_interface() {
  local range
  holds "$(ip -d link show dev "$1" up)" " $INTERFACE_TYPE " ||
    fail "vpn.$1" "no interface $1" "must be of type $INTERFACE_TYPE and up" "$CONVERGE_AGAIN"
  # The watchdog withholds the routes of a tunnel that failed until it has answered for a while.
  for range in $VPC; do
    [ -e "$ROOT$RUN_FOLDER/vpn-held-$1" ] || holds "$2" "$range dev $1 " ||
      fail "vpn.$1" "no route to $range" "must have one by $1" "$CONVERGE_AGAIN"
  done
  [ "$3" -gt 0 ] ||
    fail "vpn.$1" "up, but nothing comes in" "must carry packets both ways" \
      "see that ESP, or UDP 4500, passes the site's router and firewall, and how AWS shows the tunnel"
}

# Removes the tunnels' interfaces, and the settings that VTIs needed of the physical one.
remove_interfaces() {
  local tunnel physical setting
  for tunnel in tunnel1 tunnel2; do ip link del dev "$tunnel" 2>/dev/null || :; done
  [ -e "$ROOT$RUN_FOLDER/vti-physical" ] || return 0
  read -r physical <"$ROOT$RUN_FOLDER/vti-physical"
  for setting in disable_xfrm disable_policy; do
    echo 0 >"$ROOT/proc/sys/net/ipv4/conf/$physical/$setting" || :
  done
  rm "$ROOT$RUN_FOLDER/vti-physical"
  ip route flush cache
}
