# static-route: routes to the VPC via the gateway, kept across reboots by the host's network manager.
#
# DESTINATIONS  the VPC's ranges
# GATEWAY       the gateway's address
# ROUTED        yes: the gateway may be behind a router, which then knows the way to the VPC
# MTU           bytes of the largest packet on the routes; empty: the interface's
# TARGETS       an address inside each of the VPC's ranges
#
# $STATE/manager  what keeps the routes, and by which interface they lead: for undo
# $STATE/routes   every route that was ever added to the running system
#
# MANAGER_detect declares the file that makes a manager keep the routes; MANAGER_apply makes it effective, and reads it from
# the host, so that it also brings back the routes of the version before.

step_detect() {
  find_next_hop
  find_manager
  "${manager}_detect"
}

# Sets next_hop: the gateway, or with ROUTED the router before it; and interface: the one by which the next hop is a neighbour.
find_next_hop() {
  local way
  way=$(ip -o route get "$GATEWAY")
  next_hop=$GATEWAY
  case $ROUTED:$way in
    yes:*" via "*)
      next_hop=${way##* via }
      next_hop=${next_hop%% *}
      ;;
    *" via "* | *:local*)
      fail gateway "$GATEWAY: $way" "must be another host of this host's own network" \
        "name the gateway's address in the site"
      ;;
  esac
  interface=${way##* dev }
  interface=${interface%% *}
}

# Prints each route as `ip route` takes it.
print_routes() {
  local destination
  for destination in $DESTINATIONS; do echo "$destination via $next_hop dev $interface"; done
}

print_routes_with_options() {
  print_routes | sed "s/\$/${MTU:+ mtu $MTU}/"
}

step_validate() {
  [ ! -e "$STAGE$NETPLAN_FILE" ] || netplan_validate
}

step_apply() {
  find_next_hop
  find_manager
  printf '%s\n' "$manager $interface" >"$STATE/manager"
  note_routes
  delete_routes <"$STATE/former-routes"
  rm "$STATE/former-routes"
  "${manager}_apply"
}

# Leaves in $STATE/former-routes what is not to stay. When a change failed, that is all: the manager brings back what was before.
note_routes() {
  local routes route
  routes=$(print_routes)
  while read -r route; do add_note routes "$route"; done <<END
$routes
END
  [ -z "${ROLLING_BACK-}" ] || routes=
  grep -vxF "$routes" "$STATE/routes" >"$STATE/former-routes" || :
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
  local target
  find_next_hop
  find_manager
  for target in $TARGETS; do verify_route "$target"; done
  [ "$manager" != networkmanager ] || networkmanager_verify
  fact networkManager "$manager"
  fact interface "$interface"
}

# TARGET
verify_route() {
  local hop
  hop=$(ip -o route get "$1")
  case "$hop " in
    *" via $next_hop dev $interface "*) ;;
    *)
      waits_behind_tunnels ||
        fail "route to $DESTINATIONS" "$hop" "must be via $next_hop" "look for another route or a rule that comes first"
      ;;
  esac
}

# A former gateway keeps its tunnel routes, which take precedence, until its vpn-gateway step is deleted at the end of the
# update.
waits_behind_tunnels() {
  local destination
  [ -d "${STATE%/*}/vpn-gateway" ] || return 1
  for destination in $DESTINATIONS; do
    [ -n "$(ip -4 route show table main "$destination" via "$next_hop" dev "$interface")" ] || return 1
  done
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
