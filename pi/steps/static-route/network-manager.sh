# static-route by NetworkManager: a route in the interface's profile (nm-settings-nmcli(5), `ipv4.routes`).
#
# The owned file says which profile, by its UUID, must have which route; $STATE/nm-route says what NetworkManager was told
# last.

NETWORK_MANAGER_FILE=/etc/ecs-anywhere-hybrid/static-route

networkmanager_detect() {
  own_file "$NETWORK_MANAGER_FILE" 644 <<END
$uuid $DESTINATION $GATEWAY${MTU:+ mtu=$MTU}
END
}

networkmanager_apply() {
  local profile route
  if [ -e "$STATE/nm-route" ]; then
    remove_profile_route
  fi
  read -r profile route <"$ROOT$NETWORK_MANAGER_FILE"
  printf '%s\n' "$profile $route" >"$STATE/nm-route"
  run nmcli connection modify "$profile" +ipv4.routes "$route"
  run nmcli device reapply "$interface"
}

remove_profile_route() {
  local profile route
  read -r profile route <"$STATE/nm-route"
  nmcli connection modify "$profile" -ipv4.routes "$route" || :
}

# NetworkManager keeps its profiles itself, or netplan keeps them on its behalf.
networkmanager_verify() {
  local profiles
  profiles=$ROOT/etc/NetworkManager/system-connections
  grep -rqs "^route[0-9]*=$DESTINATION,$GATEWAY" "$profiles" "$ROOT/etc/netplan" ||
    grep -rqs "to: \"*$DESTINATION" "$ROOT/etc/netplan"
}

networkmanager_undo() {
  if [ -e "$STATE/nm-route" ]; then
    remove_profile_route
    nmcli device reapply "$interface" || :
  fi
}
