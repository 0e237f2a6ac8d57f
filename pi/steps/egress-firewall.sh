# egress-firewall: allows connections to the site and the VPC only.
#
# TABLE  family and name of the nftables table
# WAY    to the VPC: gateway or tunnels

step_verify() {
  fact mode "$WAY"
  fact rejectedFromHost "$(print_packets host_rejected)"
  fact rejectedFromContainers "$(print_packets containers_rejected)"
}

# COUNTER
print_packets() {
  nft list counter "$TABLE" "$1" | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

step_explain() {
  nft list table "$TABLE"
}
