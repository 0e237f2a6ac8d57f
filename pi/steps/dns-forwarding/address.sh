# Where this host is on the site's network.

# Sets address, the host's own, and device, by which it reaches the VPC.
find_address() {
  local hop
  hop=$(ip -o -4 route get "${DNS_RESOLVERS%%"$NL"*}")
  address=${hop##* src }
  address=${address%% *}
  device=${hop##* dev }
  device=${device%% *}
}

# Sets interface, which has the address.
own_interface() {
  local line
  line=$(ip -o -4 address show to "$address/32")
  # shellcheck disable=SC2086 # Words of a line.
  set -- $line
  interface=${2-}
}
