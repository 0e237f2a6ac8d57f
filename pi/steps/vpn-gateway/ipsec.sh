# vpn-gateway, with ipsec.conf.

# Fails where the file is a person's and has connections.
ipsec_require() {
  local conf connections
  conf=$ROOT/etc/ipsec.conf
  if [ ! -f "$conf" ] || is_managed "$conf"; then return; fi
  connections=$(grep -E '^conn[[:space:]]+[^%]' "$conf" | tr '\n' ' ')
  [ -z "$connections" ] ||
    fail /etc/ipsec.conf "${connections% }" "must not hold connections of the gateway's own, which this step would replace" \
      "set vpn.format to swanctl.conf, or remove them"
}

# FILE: whether this step wrote it.
is_managed() {
  grep -qsxF "$MANAGED" "$1"
}

# TUNNEL
ipsec_use_new_key() {
  run ipsec rereadsecrets
  timeout 10 ipsec down "$1" >/dev/null 2>&1 || :
  timeout 3 ipsec up "$1" >/dev/null 2>&1 || :
}

# TUNNEL
ipsec_print_journal() {
  journalctl -q --no-pager -o cat -n 400 -u "$daemon" | grep -F "<$1|"
}
