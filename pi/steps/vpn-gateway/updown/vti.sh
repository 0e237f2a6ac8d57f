# vpn-updown, with VTIs.

# A VTI is bound to this end's address, which may have changed. Run once for each pair of traffic selectors.
make_interface() {
  if ip -d link show dev "$tunnel" 2>/dev/null | grep -qF "vti remote $PLUTO_PEER local $PLUTO_ME "; then return; fi
  ip link del dev "$tunnel" 2>/dev/null || :
  ip link add "$tunnel" type vti local "$PLUTO_ME" remote "$PLUTO_PEER" key "$number"
}

# Without each of these three a VTI passes no packet: its decrypted packets meet no policy, and what leaves by the
# physical interface must not be looked up again. A cached route keeps the old setting.
let_packets_pass() {
  echo 1 >"/proc/sys/net/ipv4/conf/$tunnel/disable_policy"
  echo 1 >"/proc/sys/net/ipv4/conf/$PLUTO_INTERFACE/disable_xfrm"
  echo 1 >"/proc/sys/net/ipv4/conf/$PLUTO_INTERFACE/disable_policy"
  (umask 077 && mkdir -p "$RUN_FOLDER")
  echo "$PLUTO_INTERFACE" >"$RUN_FOLDER/vti-physical"
  ip route flush cache
}
