# The nftables table that decides which clients may ask a node: itself and its containers, by the interfaces that Docker
# makes. The same for all servers, as some cannot tell.
#
# DNS_GUARD_TABLE, DNS_GUARD_FILE

declare_guard() {
  own_file "$DNS_GUARD_FILE" 644 <<END
# $DNS_MANAGED
# The empty table makes the delete possible the first time; the file takes effect as a whole or not at all.
table $DNS_GUARD_TABLE {}
delete table $DNS_GUARD_TABLE
table $DNS_GUARD_TABLE {
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
