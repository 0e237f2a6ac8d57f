# vpn-watchdog on the kernel path: the VPC's traffic is moved by routes for each tunnel.

# TUNNEL VERB
run_updown() {
  PLUTO_CONNECTION=$1 PLUTO_VERB=$2 "$PROGRAMS"/vpn-updown || :
}

# TUNNEL OTHER: fails where the other tunnel has no routes: the last ones stay.
leave() {
  case $(ip -4 route show "${VPC%% *}") in *"dev $2 "*) ;; *) return 1 ;; esac
  : >"$RUN_FOLDER/vpn-held-$1"
  run_updown "$1" down-client
}

recovered() { is well "$1" yes; }

take_back() {
  rm -f "$RUN_FOLDER/vpn-held-$1"
  if is state "$1" installed; then run_updown "$1" route; fi
}

leave_again() { :; }

# Something else may have removed a route, a charon that was killed leaves some behind, and so does a range that the VPC has no
# more.
tend() {
  local routes tunnel wanted range
  routes=$(echo && ip -4 route show)
  for tunnel in tunnel1 tunnel2; do
    wanted=no
    if is state "$tunnel" installed && is held "$tunnel" no; then wanted=yes; fi
    for range in $VPC; do
      case $wanted:$routes in
        yes:*"
$range dev $tunnel "*) continue ;;
        yes:*) run_updown "$tunnel" route ;;
        no:*"
$range dev $tunnel "*) run_updown "$tunnel" down-client ;;
        no:*) continue ;;
      esac
      break
    done
  done
  delete_former "$routes"
}

# ROUTES
delete_former() {
  local range tunnel rest
  while read -r range _ tunnel rest; do
    # Those that vpn-updown adds.
    case "$tunnel $rest" in "tunnel1 "*"metric 100" | "tunnel2 "*"metric 200") ;; *) continue ;; esac
    case " $VPC " in
      *" $range "*) ;;
      *) ip route del "$range" dev "$tunnel" metric "${rest##*metric }" ;;
    esac
  done <<END
$1
END
}
