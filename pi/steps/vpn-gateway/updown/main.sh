# Link scope: neither this host nor its containers may speak to the VPC from an address that only the tunnel knows.
raise_interface() {
  make_interface
  ip addr replace "$inside" dev "$tunnel" scope link
  ip link set dev "$tunnel" mtu "$mtu" up
  let_packets_pass
}

# The one with the lower metric is used; no ECMP, which AWS's virtual private gateway does not know.
route_up() {
  source=$(ip -4 -o addr show scope global to "$site" | awk '{ sub("/.*", "", $4); print $4; exit }')
  ip route replace "$vpc" dev "$tunnel" ${source:+src "$source"} metric "$number"
}
route_down() { ip route del "$vpc" dev "$tunnel" metric "$number" 2>/dev/null || :; }

case $PLUTO_VERB in
  up-client)
    raise_interface
    # The watchdog gives it the route when it has answered for a while.
    [ -e "$held" ] || route_up
    ;;
  down-client) route_down ;;
  # by the watchdog, when somebody else took the route away
  route) route_up ;;
esac
