# static-route: a route to the VPC via the gateway, kept across reboots by the host's network manager.
#
# DESTINATION  the VPC's range
# GATEWAY      the gateway's address, in the host's own network
# MTU          bytes of the largest packet on the route; empty: the interface's
# TARGET       an address inside the VPC's range
#
# $STATE/manager  what keeps the route, and by which interface it leads: for undo
# $STATE/routes   every route that was ever added to the running system
#
# MANAGER_detect declares the file that makes a manager keep the route; MANAGER_apply makes it effective, and reads it from
# the host, so that it also brings back the route of the version before.

step_detect() {
  local route_with_options
  find_interface
  find_manager
  route_with_options="$DESTINATION via $GATEWAY dev $interface${MTU:+ mtu $MTU}"
  "${manager}_detect"
}

# Sets interface: the one by which the gateway is a neighbour.
find_interface() {
  local hop
  hop=$(ip -o route get "$GATEWAY")
  case $hop in
    *" via "* | local*)
      fail gateway "$GATEWAY: $hop" "must be another host of this host's own network" \
        "name the gateway's address in the site"
      ;;
  esac
  interface=${hop##* dev }
  interface=${interface%% *}
}

step_validate() {
  [ ! -e "$STAGE$NETPLAN_FILE" ] || netplan_validate
}

step_apply() {
  local route
  find_interface
  find_manager
  printf '%s\n' "$manager $interface" >"$STATE/manager"
  route="$DESTINATION via $GATEWAY dev $interface"
  add_note routes "$route"
  grep -vxF "$route" "$STATE/routes" | delete_routes
  "${manager}_apply"
}

# Deletes the routes that come on stdin, if the kernel has them.
delete_routes() {
  local route
  while read -r route; do
    # shellcheck disable=SC2086 # Words of a route.
    ip route del $route 2>/dev/null || :
  done
}

step_verify() {
  local hop
  find_interface
  find_manager
  hop=$(ip -o route get "$TARGET")
  case "$hop " in
    *" via $GATEWAY dev $interface "*) ;;
    *)
      waits_behind_tunnels ||
        fail "route to $DESTINATION" "$hop" "must be via $GATEWAY" "look for another route or a rule that comes first"
      ;;
  esac
  [ "$manager" != networkmanager ] || networkmanager_verify
  fact networkManager "$manager"
  fact interface "$interface"
}

# A former gateway keeps its tunnel routes, which take precedence, until its vpn-gateway step is deleted at the end of the
# update.
waits_behind_tunnels() {
  [ -d "${STATE%/*}/vpn-gateway" ] &&
    [ -n "$(ip -4 route show table main "$DESTINATION" via "$GATEWAY" dev "$interface")" ]
}

step_explain() {
  ip -4 route
  ip -4 address
}

step_undo() {
  [ -e "$STATE/manager" ] || return 0
  read -r manager interface <"$STATE/manager"
  case $manager in
    netplan | networkd | networkmanager) "${manager}_undo" ;;
    # The other managers need no call: their file is gone.
  esac
  delete_routes <"$STATE/routes"
  rm -f "$STATE/manager" "$STATE/routes" "$STATE/nm-route"
}
