# vpn-gateway: what charon said of each tunnel that is not up, and what that means. charon logs no pre-shared key at the
# level it runs at.

step_explain() {
  local unit tunnels tunnel state bytes
  use_format "$FORMAT"
  if ! systemctl --quiet is-active "$daemon"; then
    echo "$daemon does not run; it last said:"
    journalctl -q --no-pager -o cat -n 10 -u "$daemon"
  fi
  for unit in "$FIREWALL_UNIT" "$WATCHDOG_UNIT"; do
    systemctl --quiet is-active "$unit" || journalctl -q --no-pager -o cat -n 5 -u "$unit"
  done
  tunnels=$(print_status) || tunnels=$(printf '%s none 0 0\n' tunnel1 tunnel2)
  echo "$tunnels" | while read -r tunnel state bytes _; do explain_tunnel "$tunnel" "$state" "$bytes"; done
}

# TUNNEL STATE BYTES
explain_tunnel() {
  local address said
  case $1 in
    tunnel1) address=$TUNNEL1_ADDRESS ;;
    tunnel2) address=$TUNNEL2_ADDRESS ;;
  esac
  if [ "$2" = installed ]; then
    echo "$1 to $address: is up, $3 bytes came in"
    return
  fi
  said=$({ "${format}_print_journal" "$1" || :; } | tail -n 8)
  echo "$1 to $address: $(print_hint "$address" "$said")"
  [ -z "$said" ] || echo "$said" | sed 's/^/  charon: /'
}

# What the last refusal may be called.
REFUSALS='AUTHENTICATION_FAILED|AUTH_FAILED|NO_PROPOSAL_CHOSEN|NO_PROP|TS_UNACCEPTABLE|retransmit|giving up after'
REFUSALS="$REFUSALS|not responding|no private key found|no shared key found|netlink error"

# ADDRESS SAID: the last refusal decides, as an older one may have been fixed since.
print_hint() {
  case $(echo "$2" | grep -oE "$REFUSALS" | tail -n 1) in
    AUTH*)
      echo "AWS refused the authentication: its tunnel has another pre-shared key, or its customer gateway another" \
        "address than site.publicAddress $PUBLIC_ADDRESS; compare both with the VPN connection"
      ;;
    NO_PROP*)
      echo "AWS refused the proposals: the tunnel's options must admit IKEv2 with AES256-GCM-16, SHA2-384 and" \
        "DH group 20 in both phases; compare them with the VPN connection's"
      ;;
    TS_UNACCEPTABLE)
      echo "AWS refused the traffic selectors: the VPN connection's local and remote network ranges must contain" \
        "$SITE and $VPC; set both to 0.0.0.0/0"
      ;;
    retransmit | giving* | "not responding")
      echo "no answer from $1: UDP 500 and 4500 must pass the site's router and firewall both ways, and the" \
        "address must be the tunnel's; compare it with the VPN connection"
      ;;
    *key*) echo "charon found no pre-shared key for $1: the files of this step were changed by hand; run the update again" ;;
    netlink*) echo "the kernel refused what charon asked of it; set vpn.dataPath to userspace if it has no ESP" ;;
    *) echo "is not up, and charon does not say why" ;;
  esac
}
