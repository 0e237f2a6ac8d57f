# static-route by NetworkManager: routes in the interface's profile (nm-settings-nmcli(5), `ipv4.routes`).
#
# Each line of the owned file says which profile, by its UUID, must have which route; $STATE/nm-route says what NetworkManager
# was told last.

NETWORK_MANAGER_FILE=/etc/ecs-anywhere-hybrid/static-route

networkmanager_detect() {
  own_file "$NETWORK_MANAGER_FILE" 644 <<END
$(print_profile_routes)
END
}

print_profile_routes() {
  local destination
  for destination in $DESTINATIONS; do echo "$uuid $destination $next_hop${MTU:+ mtu=$MTU}"; done
}

networkmanager_apply() {
  local profile route
  if [ -e "$STATE/nm-route" ]; then
    remove_profile_routes
  fi
  cp "$ROOT$NETWORK_MANAGER_FILE" "$STATE/nm-route"
  while read -r profile route; do
    run nmcli connection modify "$profile" +ipv4.routes "$route" </dev/null
  done <"$STATE/nm-route"
  run nmcli device reapply "$interface"
}

remove_profile_routes() {
  local profile route
  while read -r profile route; do
    nmcli connection modify "$profile" -ipv4.routes "$route" </dev/null || :
  done <"$STATE/nm-route"
}

# NetworkManager keeps its profiles itself, or netplan keeps them on its behalf.
networkmanager_verify() {
  local profiles destination
  profiles=$ROOT/etc/NetworkManager/system-connections
  for destination in $DESTINATIONS; do
    grep -rqs "^route[0-9]*=$destination,$next_hop" "$profiles" "$ROOT/etc/netplan" ||
      grep -rqs "to: \"*$destination" "$ROOT/etc/netplan" ||
      return 1
  done
}

networkmanager_undo() {
  if [ -e "$STATE/nm-route" ]; then
    remove_profile_routes
    nmcli device reapply "$interface" || :
  fi
}
