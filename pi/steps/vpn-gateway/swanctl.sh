# vpn-gateway, with swanctl.conf.

# The step's file is one of many.
swanctl_require() { :; }

# TUNNEL
swanctl_use_new_key() {
  run swanctl --load-creds --clear
  timeout 10 swanctl --terminate --ike "$1" >/dev/null 2>&1 || :
  timeout 4 swanctl --initiate --child "$1" --timeout 2 >/dev/null 2>&1 || :
}

# TUNNEL
swanctl_print_journal() {
  journalctl -q --no-pager -o cat -n 400 -u "$daemon" IKE_SA_NAME="$1"
}
