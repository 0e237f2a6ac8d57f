# vpn-watchdog: keeps the VPC's traffic on a tunnel that answers, and starts a tunnel again that charon gave up on.
# `vpn-watchdog once` looks at charon once and ends. The other parts say how traffic is moved, and what is shown.
#
# PROGRAMS    folder of the step's programs
# RUN_FOLDER  holds vpn-held-TUNNEL while a tunnel's route is withheld
# METRICS     path of the metrics
# FORMAT      of strongSwan's configuration: ipsec.conf or swanctl.conf
# VPC         its ranges; on the kernel path
set -u
export LC_ALL=C

# The state of a tunnel. NAME TUNNEL [VALUE]; `get` sets value.
put() { eval "$1_$2=\$3"; }
get() { eval "value=\$$1_$2"; }
is() {
  local value
  get "$1" "$2"
  [ "$value" = "$3" ]
}

begin() {
  local started tunnel name
  (umask 077 && mkdir -p "$RUN_FOLDER")
  rm -f "$RUN_FOLDER/vpn-held-tunnel1" "$RUN_FOLDER/vpn-held-tunnel2"
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
}

# TUNNEL
initiate() {
  case $FORMAT in
    ipsec.conf) timeout 3 ipsec up "$1" ;;
    swanctl.conf) timeout 4 swanctl --initiate --child "$1" --timeout 2 ;;
  esac >/dev/null 2>&1 || :
}

# TUNNEL, which charon is not working on
start_again() {
  local value
  get pause "$1"
  if [ "$value" -gt 0 ]; then
    put pause "$1" $((value - 1))
    return
  fi
  get refused "$1"
  value=$((value + 1))
  put refused "$1" "$value"
  [ "$value" != 1 ] || echo "$1: charon gave up, starting it again"
  # After a minute of refusals every tenth look suffices; each writes lines to the journal.
  if [ "$value" -le 30 ] || [ $((value % 10)) = 0 ]; then initiate "$1" & fi
}

# No answer means that the daemon is down; the watchdog leaves that to systemd.
ask_charon() {
  local tunnels tunnel state in out
  tunnels=$("$PROGRAMS"/vpn-status) || return 0
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

# TUNNEL
is_calm() {
  is probe "$1" answers && is well "$1" yes && is state "$1" installed
}

# Every two seconds. charon is asked every ten, or each time while a tunnel is not well.
looks=0
look() {
  local tunnel
  looks=$((looks + 1))
  if [ $((looks % 5)) = 0 ] || ! is_calm tunnel1 || ! is_calm tunnel2; then
    ask_charon
    for tunnel in tunnel1 tunnel2; do
      if is held $tunnel yes && is probe $tunnel silent && is state $tunnel installed; then leave_again $tunnel; fi
    done
    show_status
  fi
  tend
  write_metrics
}

# TUNNEL EVENT VALUE…: as vpn-probe prints them
handle() {
  local other
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
      if is probe "$1" silent; then return; fi
      put probe "$1" silent
      changed "$1"
      ;;
    answers)
      put probe "$1" answers
      if is well "$1" no; then changed "$1"; fi
      ;;
    well) put well "$1" yes ;;
  esac
  back "$1" $other
  back $other "$1"
}

begin
if [ "${1-}" = once ]; then
  ask_charon
  tend
  wait
  exit
fi
{
  "$PROGRAMS"/vpn-probe tunnel1 &
  "$PROGRAMS"/vpn-probe tunnel2 &
  while echo look && sleep 2; do :; done
} | {
  tell_systemd --ready
  while read -r line; do
    # shellcheck disable=SC2086 # words
    case $line in look) look ;; *) handle $line ;; esac
  done
}
