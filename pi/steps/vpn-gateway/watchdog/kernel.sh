# How the VPC's traffic is moved on the kernel path: by a route for each tunnel.

route_of() { PLUTO_CONNECTION=$1 PLUTO_VERB=$2 "$programs"/vpn-updown || :; }
leave() {
  # Never from the last route.
  case $(ip -4 route show "$vpc") in *"dev $2 "*) ;; *) return 1 ;; esac
  : >"$run/vpn-held-$1"
  route_of "$1" down-client
}
recovered() { is well "$1" yes; }
take_back() {
  rm -f "$run/vpn-held-$1"
  ! is state "$1" installed || route_of "$1" route
}
leave_again() { :; }

# Somebody else may have taken a route away, and a charon that was killed leaves one behind.
tend() {
  routes=$(ip -4 route show "$vpc")
  for tunnel in tunnel1 tunnel2; do
    wanted=no
    ! is state "$tunnel" installed || ! is held "$tunnel" no || wanted=yes
    case $wanted:$routes in
      yes:*"dev $tunnel "*) ;;
      yes:*) route_of "$tunnel" route ;;
      no:*"dev $tunnel "*) route_of "$tunnel" down-client ;;
    esac
  done
}
