# vpn-updown, with XFRM interfaces.

make_interface() {
  ip link show dev "$tunnel" >/dev/null 2>&1 ||
    ip link add "$tunnel" type xfrm dev "$PLUTO_INTERFACE" if_id "$number"
}

# An XFRM interface passes them as it is.
let_packets_pass() { :; }
