# vpn-watchdog on the kernel path: the VPC's traffic is moved by a route for each tunnel.

# TUNNEL VERB
run_updown() {
  PLUTO_CONNECTION=$1 PLUTO_VERB=$2 "$PROGRAMS"/vpn-updown || :
}

# TUNNEL OTHER: fails where the other tunnel has no route: the last one stays.
leave() {
  case $(ip -4 route show "$VPC") in *"dev $2 "*) ;; *) return 1 ;; esac
  : >"$RUN_FOLDER/vpn-held-$1"
  run_updown "$1" down-client
}

recovered() { is well "$1" yes; }

take_back() {
  rm -f "$RUN_FOLDER/vpn-held-$1"
  if is state "$1" installed; then run_updown "$1" route; fi
}

leave_again() { :; }

# Something else may have removed a route, and a charon that was killed leaves one behind.
tend() {
  local routes tunnel wanted
  routes=$(ip -4 route show "$VPC")
  for tunnel in tunnel1 tunnel2; do
    wanted=no
    if is state "$tunnel" installed && is held "$tunnel" no; then wanted=yes; fi
    case $wanted:$routes in
      yes:*"dev $tunnel "*) ;;
      yes:*) run_updown "$tunnel" route ;;
      no:*"dev $tunnel "*) run_updown "$tunnel" down-client ;;
    esac
  done
}
