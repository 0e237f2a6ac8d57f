# preflight, 1 of 4: measures. All names and addresses side by side, each in its own process with its own limit, so that
# one that hangs delays only itself.
#
# REGION VPC GATEWAY   the Region, the VPC's ranges for messages, the gateway's address; no GATEWAY: this host is the gateway
# RESOLVERS            addresses of the VPC's inbound resolver
# NAMES                a line each: a name, its endpoint's service, that endpoint's addresses; none: the VPC has no such endpoint
# DNS_UNIT DNS_REMEDY  the unit on this host that forwards, if any; what to do about a wrong forwarder
set -u

LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH
# Seconds: a connection (and half a second to start it), a whole request, a look-up by the host's own resolver: libc waits
# four when half of the answer comes from a cache and the other half never comes.
CONNECT=2
REQUEST=7
LOOKUP=3

# Sets CLOCK: hundredths of a second on a clock that is never set.
clock() {
  read -r CLOCK _ </proc/uptime
  CLOCK=${CLOCK%.*}${CLOCK#*.}
}

# COMMAND…: for every name, with $row, $name, $service and $addresses set, and $expected: yes where the VPC must have the
# endpoint.
each_name() {
  local row name service addresses expected
  row=0
  while read -r name service addresses; do
    row=$((row + 1)) expected=yes
    [ "$addresses" != none ] || expected='' addresses=''
    "$@"
  done <<END
$NAMES
END
}

# LABEL COMMAND…: in the background; leaves LABEL.pid, LABEL.out, LABEL.said and, at its end, LABEL.status.
begun=0
begin() {
  local label status
  label=$1
  shift
  begun=$((begun + 1))
  {
    "$@" >"$work/$label.out" 2>"$work/$label.said" &
    echo "$!" >"$work/$label.pid"
    status=0
    wait "$!" || status=$?
    echo "$status" >"$work/$label.status"
  } </dev/null 2>/dev/null &
}

# Succeeds when everything that was started has ended.
all_ended() {
  set -- "$work"/*.status
  [ -e "$1" ] && [ $# -ge "$begun" ]
}

# NAME: the addresses that the host's own resolver gives, as the agents' calls of libc get them.
resolve() {
  timeout "$LOOKUP" getent ahosts "$1" | awk '$2 == "STREAM" { print $1 }' | sort -u
}

# NAME ADDRESS: one request. TLS carries its head, of three segments, in one record, which the server cannot read, and so
# not answer, before all of them came; and the server's certificates are longer than a segment on the way back.
request() {
  exec curl -q -sS -v --http1.1 --noproxy '*' --resolve "$1:443:$2" --max-time "$REQUEST" \
    -H "X-Preflight: $padding" -o /dev/null \
    -w '%{time_connect} %{time_appconnect} %{http_code} %{size_request}' "https://$1/"
}

# ADDRESS PORT: opens a connection and keeps it, so that `ss` can look at it.
open_port() {
  exec curl -q -sS -v --noproxy '*' --connect-timeout "$CONNECT" --max-time "$REQUEST" -o /dev/null "telnet://$1:$2" <&7
}

# [OPTION]: connections to either port, a line each.
connections() {
  # shellcheck disable=SC2086 # One option or none.
  ss -HtinO ${1-} '( dport = :443 or dport = :53 )' 2>/dev/null
}

begin_row() {
  local address
  begin "$row" resolve "$name"
  for address in $addresses; do
    begin "$row.$address" request "$name" "$address"
  done
}

# A request whose connection has not opened in time is ended: curl's own limit would be one for TLS too. What hangs later is
# looked at before curl gives it up, with time to spare: on a busy host looking takes time, too.
measure_names() {
  local padding opening hanging
  padding=$(printf '%4096s' '' | tr ' ' x)
  clock
  opening=$((CLOCK + CONNECT * 100 + 50))
  hanging=$((CLOCK + REQUEST * 100 - 250))
  each_name begin_row
  until all_ended; do
    sleep 0.1
    clock
    if [ "$CLOCK" -ge "$hanging" ]; then
      connections -p >"$work/hanging"
      hanging=$((CLOCK + 100000))
    elif [ "$CLOCK" -ge "$opening" ]; then
      connections -p >"$work/opening"
      each_name end_unopened
      opening=$((CLOCK + 100000))
    fi
  done
}

end_unopened() {
  local address pid
  for address in $addresses; do
    pid=$(cat "$work/$row.$address.pid")
    if grep -q "^SYN-SENT .*pid=$pid," "$work/opening"; then kill "$pid" 2>/dev/null; fi
  done
}

# Sets $opened to every endpoint's address whose port 443 opened, each once.
note_opened() {
  local address
  for address in $addresses; do
    read_request
    [ -n "$reached" ] || continue
    case " $opened " in *" $address "*) ;; *) opened="$opened $address" ;; esac
  done
}

# Sets $kept to what is kept open: opens the resolvers' port, and that of the endpoints' addresses once more: what `ss` says then, in $work/kept, holds
# what the requests have taught the kernel of the path. Each of them has opened, or ends by its own limit, whenever the
# host came to start it.
keep_open() {
  local address target waiting
  mkfifo "$work/silence"
  exec 7<>"$work/silence"
  kept=
  for address in $opened; do kept="$kept $address:443"; done
  for address in $RESOLVERS; do kept="$kept $address:53"; done
  for target in $kept; do begin "kept.$target" open_port "${target%:*}" "${target#*:}"; done
  while :; do
    connections >"$work/kept"
    waiting=
    for target in $kept; do
      [ -e "$work/kept.$target.status" ] || is_open "$target" || waiting=yes
    done
    [ -n "$waiting" ] || break
    sleep 0.1
  done
  for target in $kept; do
    [ ! -s "$work/kept.$target.pid" ] || kill "$(cat "$work/kept.$target.pid")" 2>/dev/null
  done
  exec 7>&-
}

# ADDRESS:PORT
is_open() {
  grep -qE "^ESTAB +[0-9]+ +[0-9]+ +[^ ]+ +$1 " "$work/kept"
}

# Sets what became of the request of $row to $address: $status of curl, $connect, $tls, $http, $sent, and $reached:
# yes when TCP was open. curl reports that time only when TLS succeeded, too.
read_request() {
  read -r status <"$work/$row.$address.status"
  reached=
  # Empty when it was ended from here.
  read -r connect tls http sent <"$work/$row.$address.out" || :
  connect=${connect:-0.000000} tls=${tls:-0.000000} http=${http:-000}
  if [ "$connect" != 0.000000 ] ||
    grep -qE '^\* (Connected to|TLSv.*\(OUT\), TLS handshake, Client hello)' "$work/$row.$address.said"; then
    reached=yes
  fi
}
