DNSMASQ_FILE=/etc/dnsmasq.d/ecs-anywhere-hybrid.conf

dnsmasq_detect() {
  local others
  if [ "$DNS_ROLE" = site-server ]; then
    own_file "$DNSMASQ_FILE" 644 <<END
# $DNS_MANAGED
$DNS_CONFIG
END
    return
  fi
  dnsmasq_other_names
  # bind-dynamic waits for addresses; over TCP it takes queries only from interfaces that it was told of.
  own_file "$DNSMASQ_FILE" 644 <<END
# $DNS_MANAGED
$DNS_CONFIG
listen-address=127.0.0.1
listen-address=$address
interface=docker*
interface=br-*
bind-dynamic
# While the tunnels are down every query waits; 150 are soon reached.
dns-forward-max=1000
$others
END
}

# Sets others to the lines for all other names: a dnsmasq that the host asked before has its own.
dnsmasq_other_names() {
  local server
  if [ -n "$generated" ]; then
    others=resolv-file=$NETWORK_MANAGER_LIST
  elif asked_only_itself; then
    others=
  else
    others=no-resolv
    for server in $servers; do others="$others${NL}server=$server"; done
  fi
}

dnsmasq_validate() {
  if [ -e "$STAGE$DNSMASQ_FILE" ]; then run dnsmasq --test --conf-file="$STAGE$DNSMASQ_FILE"; fi
}
