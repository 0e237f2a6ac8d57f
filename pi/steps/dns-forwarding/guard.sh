# The nftables table that decides which clients may ask a node: itself and its containers, by the interfaces that Docker
# makes. The same for all servers, as some cannot tell.

GUARD_TABLE="ip ecs_anywhere_hybrid_dns"

declare_guard() {
  own_file "$DNS_GUARD_FILE" 644 <<END
# $DNS_MANAGED
# The empty table makes the delete possible the first time; the file takes effect as a whole or not at all.
table $GUARD_TABLE {}
delete table $GUARD_TABLE
table $GUARD_TABLE {
  chain input {
    type filter hook input priority filter; policy accept;
    ip daddr $address meta l4proto { tcp, udp } th dport 53 jump dns
  }
  chain dns {
    iifname "lo" return
    iifname "$device" jump others
    iifname "docker*" return
    iifname "br-*" return
    jump others
  }
  chain others {
    meta l4proto tcp reject with tcp reset
    reject
  }
}
END
}

check_staged_guard() {
  if [ -e "$STAGE$DNS_GUARD_FILE" ]; then run nft -c -f "$STAGE$DNS_GUARD_FILE"; fi
}

remove_guard() {
  if command -v nft >/dev/null; then nft delete table "$GUARD_TABLE" 2>/dev/null || :; fi
}
