# vpn-firewall up|down: puts the forwarding rules of the VPN tunnels into Docker's chain, or removes them.
#
# INTERFACES    of the tunnels, as iptables takes them
# SITE VPC      their ranges
# RULE_COMMENT  marks this step's rules in the FORWARD chain
set -eu

# iptables exists only where something like Docker brought it, and only then its FORWARD chain may drop.
insert_accepts() {
  local interface site vpc
  command -v iptables >/dev/null || return 0
  for interface in $INTERFACES; do
    for site in $SITE; do
      for vpc in $VPC; do
        insert_accept -i "$interface" -s "$vpc" -d "$site"
        insert_accept -o "$interface" -s "$site" -d "$vpc"
      done
    done
  done
}

# MATCH…
insert_accept() {
  accept -C FORWARD "$@" 2>/dev/null || accept -I FORWARD "$@"
}

accept() {
  iptables -w "$@" -m comment --comment "$RULE_COMMENT" -j ACCEPT
}

case $1 in
  up) insert_accepts ;;
  down) delete_accepts ;;
esac
