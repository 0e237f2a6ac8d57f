# vpn-updown: run by charon when a tunnel comes up or goes down, so that the VPC's routes follow it; and by the watchdog.
#
# SITE VPC                        their ranges
# MTU                             bytes, of the tunnels' interfaces
# TUNNEL1_INSIDE TUNNEL2_INSIDE   this end's addresses inside the tunnels, with the length of the prefix
# TUNNEL1_NUMBER TUNNEL2_NUMBER   mark or interface id, and metric
# RUN_FOLDER                      holds vpn-held-TUNNEL while the watchdog withholds a tunnel's routes
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
routes_up() {
  local source range
  source=$(print_site_address)
  for range in $VPC; do
    ip route replace "$range" dev "$tunnel" ${source:+src "$source"} metric "$number"
  done
}

routes_down() {
  local range
  for range in $VPC; do ip route del "$range" dev "$tunnel" metric "$number" 2>/dev/null || :; done
}

case $PLUTO_VERB in
  up-client)
    raise_interface
    # The watchdog adds the route when the tunnel has answered for a while.
    [ -e "$RUN_FOLDER/vpn-held-$tunnel" ] || routes_up
    ;;
  down-client) routes_down ;;
  # From the watchdog, when something else removed the route.
  route) routes_up ;;
esac
