# vpn-updown: run by charon when a tunnel comes up or goes down, so that the VPC's route follows it; and by the watchdog.
#
# SITE VPC                        their ranges
# MTU                             bytes, of the tunnels' interfaces
# TUNNEL1_INSIDE TUNNEL2_INSIDE   this end's addresses inside the tunnels, with the length of the prefix
# TUNNEL1_NUMBER TUNNEL2_NUMBER   mark or interface id, and metric
# RUN_FOLDER                      holds vpn-held-TUNNEL while the watchdog withholds a tunnel's route
set -eu

tunnel=${PLUTO_CONNECTION-}
case $tunnel in
  tunnel1) inside=$TUNNEL1_INSIDE number=$TUNNEL1_NUMBER ;;
  tunnel2) inside=$TUNNEL2_INSIDE number=$TUNNEL2_NUMBER ;;
  *) exit 0 ;;
esac

# Link scope: neither this host nor its containers may speak to the VPC from an address that only the tunnel knows.
raise_interface() {
  make_interface
  ip addr replace "$inside" dev "$tunnel" scope link
  ip link set dev "$tunnel" mtu "$MTU" up
  let_packets_pass
}

# The one with the lower metric is used; no ECMP, which AWS's virtual private gateway does not know.
route_up() {
  local source
  source=$(ip -4 -o addr show scope global to "$SITE" | awk '{ sub("/.*", "", $4); print $4; exit }')
  ip route replace "$VPC" dev "$tunnel" ${source:+src "$source"} metric "$number"
}

route_down() {
  ip route del "$VPC" dev "$tunnel" metric "$number" 2>/dev/null || :
}

case $PLUTO_VERB in
  up-client)
    raise_interface
    # The watchdog adds the route when the tunnel has answered for a while.
    [ -e "$RUN_FOLDER/vpn-held-$tunnel" ] || route_up
    ;;
  down-client) route_down ;;
  # From the watchdog, when something else removed the route.
  route) route_up ;;
esac
