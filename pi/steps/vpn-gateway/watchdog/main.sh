# What is known of the tunnels, and what is done about it. The other parts say how.

# What is known of a tunnel. NAME TUNNEL [VALUE]; `of` answers in $value.
put() { eval "$1_$2=\$3"; }
of() { eval "value=\$$1_$2"; }
is() { of "$1" "$2" && [ "$value" = "$3" ]; }
value=
started=$(date +%s)
for tunnel in tunnel1 tunnel2; do
  # as vpn-probe says
  put probe $tunnel answers
  put well $tunnel yes
  for name in flaps sent lost; do put $name $tunnel 0; done
  put rtt $tunnel NaN
  put since $tunnel "$started"
  # as charon says: vpn-status
  put state $tunnel unknown
  for name in in out; do put $name $tunnel 0; done
  # what was done: left for the other tunnel; refused so many times; looks until it is started; silent though up
  put held $tunnel no
  for name in refused pause strikes; do put $name $tunnel 0; done
  put before $tunnel alone
done
rm -f "$run/vpn-held-tunnel1" "$run/vpn-held-tunnel2"

# TUNNEL, which charon is not at
start_again() {
  of pause "$1"
  if [ "$value" -gt 0 ]; then
    put pause "$1" $((value - 1))
    return
  fi
  of refused "$1"
  value=$((value + 1))
  put refused "$1" "$value"
  [ "$value" != 1 ] || echo "$1: charon gave up, starting it again"
  # After a minute of refusals every tenth look suffices; each writes lines to the journal.
  if [ "$value" -le 30 ] || [ $((value % 10)) = 0 ]; then initiate "$1" & fi
}

# No answer: the daemon is down, which is systemd's matter.
ask_charon() {
  tunnels=$("$programs"/vpn-status) || return 0
  while read -r tunnel state in out; do
    put state "$tunnel" "$state"
    put in "$tunnel" "$in"
    put out "$tunnel" "$out"
    case $state in
      none | established) start_again "$tunnel" ;;
      installed)
        is refused "$tunnel" 0 || echo "$tunnel: is up again"
        put refused "$tunnel" 0
        ;;
    esac
  done <<END
$tunnels
END
}

# TUNNEL OTHER: the first has just missed probes. It is left while the other one answers; but when the line stalled for
# both, and the other one is the first to be heard again, it may miss as many once more.
away() {
  if ! is probe "$2" answers; then
    put before "$1" alone
    return
  fi
  if is held "$1" no && { ! is probe "$1" silent || is before "$1" heard; } && leave "$1" "$2"; then
    put held "$1" yes
    echo "$1: does not answer, the VPC's traffic takes $2"
  fi
  put before "$1" heard
}

# TUNNEL OTHER
back() {
  if is held "$1" yes && { recovered "$1" || is probe "$2" silent; }; then
    put held "$1" no
    take_back "$1"
  fi
}

# Every two seconds. charon is asked every ten, or each time while a tunnel is not well.
looks=0
look() {
  looks=$((looks + 1))
  calm=yes
  for tunnel in tunnel1 tunnel2; do
    is probe $tunnel answers && is well $tunnel yes && is state $tunnel installed || calm=no
  done
  if [ $calm = no ] || [ $((looks % 5)) = 0 ]; then
    ask_charon
    for tunnel in tunnel1 tunnel2; do
      ! is held $tunnel yes || ! is probe $tunnel silent || ! is state $tunnel installed || leave_again $tunnel
    done
    show_status
  fi
  tend
  write_metrics
}

# TUNNEL EVENT VALUE…: as vpn-probe prints them
handle() {
  case $1 in tunnel1) other=tunnel2 ;; *) other=tunnel1 ;; esac
  case $2 in
    probes)
      put sent "$1" "$3"
      put lost "$1" "$4"
      put rtt "$1" "$5"
      return
      ;;
    doubt) put probe "$1" doubt ;;
    silent)
      put flaps "$1" "$3"
      away "$1" $other
      put well "$1" no
      ! is probe "$1" silent || return 0
      put probe "$1" silent
      changed "$1"
      ;;
    answers)
      put probe "$1" answers
      ! is well "$1" no || changed "$1"
      ;;
    well) put well "$1" yes ;;
  esac
  back "$1" $other
  back $other "$1"
}

if [ "${1-}" = once ]; then
  ask_charon
  tend
  wait
  exit
fi
{
  "$programs"/vpn-probe tunnel1 &
  "$programs"/vpn-probe tunnel2 &
  while echo look && sleep 2; do :; done
} | {
  tell_systemd --ready
  while read -r line; do
    # shellcheck disable=SC2086 # words
    case $line in look) look ;; *) handle $line ;; esac
  done
}
