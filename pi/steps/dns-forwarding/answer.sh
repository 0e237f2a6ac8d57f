# Fails unless the server on $address answers as one of the resolvers themselves does: one that asks any other server gives
# public addresses. Where the resolvers' answer is public itself, there is no endpoint, and it may differ.
#
# DNS_CLIENT: ask.pl

# shellcheck disable=SC2086 # Addresses.
verify_answer() {
  local name answers server answer ours theirs
  # A name that every Region has, with an endpoint or without.
  name=ecs.${DNS_DOMAINS%%"$NL"*}
  answers=$(perl -e "$DNS_CLIENT" "$name" "$address" $DNS_RESOLVERS)
  ours='' theirs=''
  while read -r server answer; do
    if [ "$server" = "$address" ]; then ours=$answer; else theirs=${theirs:-$answer}; fi
  done <<END
$answers
END
  [ -n "$ours" ] ||
    fail "$name" "no answer from $address" "must be answered by this host's server" "see below what it logged"
  [ -n "$theirs" ] ||
    fail "$name" "no answer from the inbound resolver, $(printf '%s' "$DNS_RESOLVERS" | tr '\n' ' ')" "must answer on UDP port 53" \
      "look at the tunnels, at this host's route to the VPC, and at the resolver's security group"
  if [ "$ours" != "$theirs" ] && is_private "${theirs#* }"; then
    fail "$name" "${ours#* } by this host's server" "must be ${theirs#* }, as the VPC's inbound resolver says" \
      "look for another rule for the name in the server's own configuration"
  fi
  fact address "$address"
  fact "$name" "${theirs#* }"
}
