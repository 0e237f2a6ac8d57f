# preflight, 3 of 4: the one cause to look at, for every name that is not as it should be.

# From the cause that hides all others to the one that hides none.
causes='route
gateway
tunnel
hosts file
DNS forwarder
security group
endpoint missing
zone
endpoint
MTU
clock
TLS'

# CAUSE VALUE RULE REMEDY: the verdict on $row. The remedy may have several lines.
blame() {
  printf '%s\n' "$@" >"$work/$row.verdict"
}

judge() {
  local address verdict
  if [ -z "$expected" ]; then
    echo 'no endpoint' >"$work/$row.verdict"
    return
  fi
  if [ -z "$addresses" ]; then
    blame "endpoint missing" "AWS names no address of the endpoint $service" \
      "must have one in each of its zones" "look at the endpoint's state in the VPC console, then run pulumi refresh and pulumi up"
    return
  fi
  echo ok >"$work/$row.verdict"
  read_closed
  if [ -n "$closed" ] && [ -z "$witness" ]; then
    blame_way "${closed%% *}"
  elif ! resolves_well; then
    blame_dns
  elif [ -n "$closed" ]; then
    blame_closed
  else
    for address in $addresses; do
      read_request
      case $status in
        0) blame_late || blame_clock "$row.$address" ;;
        28) blame_hanging ;;
        35 | 51 | 53 | 54 | 58 | 59 | 60 | 64 | 66 | 77 | 80 | 82 | 83 | 90 | 91) blame_tls ;;
        *) blame_endpoint "ends the connection without an answer" ;;
      esac
      read -r verdict <"$work/$row.verdict"
      [ "$verdict" = ok ] || return 0
    done
  fi
}

# ADDRESS: nothing in the VPC answers.
blame_way() {
  if is_wrong_way "$1"; then return; fi
  if [ -n "$GATEWAY" ]; then
    read_gateway
    if [ "$lives" = no ]; then
      blame gateway "$GATEWAY answers nothing, not even ARP" "must run, as all packets to $VPC go through it" \
        "power it on, or repair its network, and run pulumi up again"
      return
    fi
  fi
  blame tunnel "nothing in $VPC answers, though the route to it is right" "must carry packets both ways" \
    "raise site.converge by one and run pulumi up: the gateway's step says which tunnel is down, and why"
}

# ADDRESS: blames the route, if it leads elsewhere than to the gateway. Where this host is the gateway itself, the
# channel's own route is gone with the channel.
is_wrong_way() {
  local way
  read_hop "$1"
  if [ -n "$GATEWAY" ]; then
    case " $hop " in *" via $GATEWAY "*) return 1 ;; esac
    way=$hop
    read_hop "$GATEWAY"
    # In another range of the site, a router knows the way to both.
    case $hop in via*) [ "$way" != "$hop" ] || return 1 ;; esac
    blame route "$1 goes ${way:-nowhere: there is no route}" "must go via the gateway $GATEWAY, as all packets to $VPC" \
      "raise site.converge by one and run pulumi up, so that the step static-route puts the route back"
    return
  fi
  way=$hop
  read_hop 192.0.2.1
  [ -z "$way" ] || [ "$way" = "$hop" ] || return 1
  blame tunnel "$1 goes the internet's way, ${way:-but there is none}" "must go through a tunnel of this host, as all packets to $VPC" \
    "raise site.converge by one and run pulumi up: the gateway's step says which tunnel is down, and why"
}

blame_dns() {
  local in_file found servers known address
  in_file=$(getent -s files ahosts "$name" | awk '$2 == "STREAM" { print $1; exit }')
  if [ -n "$in_file" ]; then
    blame "hosts file" "/etc/hosts says $in_file for $name" "must leave the name to the VPC's resolver" \
      "remove that line from /etc/hosts"
    return
  fi
  if [ -n "$resolved" ]; then
    found="answers $(described "$foreign"), not the endpoint's"
  else
    found="answers no address"
  fi
  servers=$(awk '$1 == "nameserver" { printf "%s%s", comma, $2; comma = ", " }' /etc/resolv.conf)
  if is_stopped "$DNS_UNIT"; then found="$found, and $DNS_UNIT does not run here"; fi
  read_resolver
  read_answering
  known=
  for address in $says; do
    case " $addresses " in *" $address "*) known=yes ;; esac
  done
  if [ -n "$known" ]; then
    blame "DNS forwarder" "${servers:-the resolver of this host} $found, while the inbound resolver $said_by answers $(listed "$says")${silent:+ ($(listed "$silent") does not answer)}" \
      "must ask the inbound resolver for the names of $REGION" "$DNS_REMEDY"
  elif [ -n "$says" ]; then
    blame_missing "$said_by" "$(described "$says")"
  elif [ -n "$answering" ]; then
    blame_missing "${answering%% *}" "no address"
  else
    read_hop "${RESOLVERS%% *}"
    blame "security group" "the inbound resolver $(listed "$RESOLVERS") does not open port 53 to ${source:-this host}, while $witness answers" \
      "must admit TCP and UDP 53 from the site in its security group" \
      "run pulumi refresh and pulumi up, which put its rules back"
  fi
}

# UNIT: whether it exists on this host and does not run.
is_stopped() {
  [ -n "$1" ] && systemctl cat "$1" >/dev/null 2>&1 && ! systemctl is-active --quiet "$1"
}

# RESOLVER ANSWER
blame_missing() {
  blame "endpoint missing" "the inbound resolver $1 itself answers $2 for $name" \
    "must answer $(listed "$addresses"), the addresses of the endpoint $service with private DNS" \
    "run pulumi refresh and pulumi up, which create again what is gone; check that privateEndpoints.services names it"
}

# Some address of the endpoint does not open port 443, while something in the VPC answers.
blame_closed() {
  local address
  for address in $closed; do
    if is_wrong_way "$address"; then return; fi
    if was_refused "$row.$address"; then
      blame_endpoint "refuses port 443"
      return
    fi
  done
  read_hop "$address"
  if [ "$closed" = "$addresses" ]; then
    blame "security group" "$(listed "$closed") of endpoint $service do not open port 443 to ${source:-this host}, while $witness answers" \
      "must admit TCP 443 from the site in its security group" \
      "run pulumi refresh and pulumi up, which put its rules back"
  else
    blame zone "$(listed "$closed") of endpoint $service does not open port 443, while its other address does" \
      "must answer in each of its zones" \
      "look at that subnet's network ACL and at its route back to the site, then at AWS's health dashboard"
  fi
}

# Blames the tunnel if the connection to $address opened slowly: a first packet that is lost is sent again after a second.
blame_late() {
  in_milliseconds "$connect"
  [ "$milliseconds" -gt $((CONNECT * 1000)) ] || return 1
  blame tunnel "$address of endpoint $service opens port 443 after $milliseconds ms" "must open within $CONNECT s" \
    "look at the tunnels' round trips and losses: on the gateway run \`systemctl status ecs-anywhere-hybrid-vpn-watchdog\`"
}

# The state of the connection while it hung shows where: the end of the data came without what precedes it.
blame_hanging() {
  local pid seen segment lost
  pid=$(cat "$work/$row.$address.pid")
  seen=$(grep -F "pid=$pid," "$work/hanging" 2>/dev/null)
  segment=${seen#* mss:}
  segment=${segment%% *}
  lost=
  case $seen in
    *rcv_ooopack:[1-9]*) lost="from AWS" ;;
    *sacked:[1-9]*) lost="to AWS" ;;
    *unacked:[1-9]*) [ "$tls" = 0.000000 ] || lost="to AWS" ;;
  esac
  if [ -n "$lost" ]; then
    blame MTU "small packets pass between this host and $address, but full segments $lost ($segment bytes) are lost" \
      "must pass both ways" \
      "raise site.converge by one and run pulumi up, which puts the gateway's limit on segments back; else look for a smaller MTU between the gateway and AWS"
  else
    blame_endpoint "opens port 443, and then says nothing"
  fi
}

# VALUE
blame_endpoint() {
  blame endpoint "$address of endpoint $service $1" "must answer TLS" \
    "look at the endpoint's state in the VPC console, then run pulumi refresh and pulumi up"
}

# LABEL: blames the clock if the answer's Date is far from this host's.
blame_clock() {
  local off
  read_skew "$1"
  [ -n "$skew" ] || return 1
  if [ "$skew" -ge 60 ]; then
    off="$skew s ahead of AWS's"
  elif [ "$skew" -le -60 ]; then
    off="$((-skew)) s behind AWS's"
  else
    return 1
  fi
  blame clock "this host's is $off" "must be less than 60 s off, as certificates and signed requests hold for a time" \
    "see \`timedatectl timesync-status\`; a site without internet needs a time server of its own, NTP= in /etc/systemd/timesyncd.conf"
}

blame_tls() {
  local words issuer
  words=$(sed -n 's/^curl: ([0-9]*) //p' "$work/$row.$address.said" | head -n 1)
  case $words in
    *"not yet valid"* | *expired*) if blame_clock "who.$row.$address"; then return; fi ;;
  esac
  issuer=$(sed -n 's/^\* *issuer: //p' "$work/who.$row.$address.said" | head -n 1)
  blame TLS "$address${issuer:+ shows a certificate of $issuer}: $words" "must be AWS's own, valid for $name" \
    "exclude these names from what intercepts TLS on the way; if the issuer is Amazon, bring the host's ca-certificates up to date"
}

# ADDRESSES
listed() {
  echo "$1" | sed 's/ /, /g'
}

# ADDRESSES, with the kind of the first one.
described() {
  local kind
  if is_private "${1%% *}"; then kind=private; else kind=public; fi
  echo "$(listed "$1") ($kind)"
}
