# vpn-firewall up|down: puts the forwarding rules of the VPN tunnels in place, or removes them.
#
# TABLE         family and name of the nftables table
# RULES         path of its rules
# INTERFACES    of the tunnels, as iptables takes them
# SITE VPC      their ranges
# RULE_COMMENT  marks this step's rules in the FORWARD chain
set -eu

# iptables exists only where something like Docker brought it, and only then its FORWARD chain may drop.
insert_accepts() {
  local interface
  command -v iptables >/dev/null || return 0
  for interface in $INTERFACES; do
    insert_accept -i "$interface" -s "$VPC" -d "$SITE"
    insert_accept -o "$interface" -s "$SITE" -d "$VPC"
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
  up)
    nft -f "$RULES"
    insert_accepts
    ;;
  down)
    nft delete table "$TABLE" 2>/dev/null || :
    delete_accepts
    ;;
esac
