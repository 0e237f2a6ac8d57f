# static-route by netplan: a definition in its own file, which netplan adds to the interface's (netplan(5), `routes`).

NETPLAN_FILE=/etc/netplan/90-ecs-anywhere-hybrid.yaml

netplan_detect() {
  own_file "$NETPLAN_FILE" 600 <<END
network:
  version: 2
  $(print_netplan_type):
    $id:
      routes:
$(print_netplan_routes)
END
}

print_netplan_routes() {
  local destination
  for destination in $DESTINATIONS; do
    cat <<END
        - to: $destination
          via: $next_hop${MTU:+
          mtu: $MTU}
END
  done
}

# As netplan sorts its definitions.
print_netplan_type() {
  local class
  class=$ROOT/sys/class/net/$interface
  if [ -e "$class/wireless" ]; then
    echo wifis
  elif [ -e "$class/bridge" ]; then
    echo bridges
  elif [ -e "$class/bonding" ]; then
    echo bonds
  elif [ -e "$ROOT/proc/net/vlan/$interface" ]; then
    echo vlans
  else
    echo ethernets
  fi
}

# With the host's own files beside it, as netplan reads them together.
netplan_validate() {
  local file
  for file in "$ROOT"/etc/netplan/*.yaml; do
    if [ -e "$file" ] && [ ! -e "$STAGE/etc/netplan/${file##*/}" ]; then
      cp "$file" "$STAGE/etc/netplan/"
    fi
  done
  run netplan generate --root-dir "$STAGE"
}

netplan_apply() {
  run netplan apply
}

netplan_undo() {
  run netplan apply
}
