# Names of AWS's services are asked of the VPC's inbound resolver, by UDP and TCP, and of no other server.
#
# DNS_ROLE: node or site-server; DNS_DOMAINS; DNS_RESOLVERS
# DNS_SERVER: the server, as its functions in servers/ have it before their names; DNS_CONFIG: its lines for the domains;
#   DNS_UNIT, DNS_RELOAD, DNS_PATIENCE, DNS_NETWORK_MANAGER: its record
# DNS_MANAGED: the sentence with which a file of ours begins

step_detect() {
  find_address
  read_resolv_conf
  if [ "$DNS_ROLE" = node ]; then
    declare_resolv_conf
    declare_guard
  fi
  server_part detect
}

step_require() {
  find_address
  if [ "$DNS_ROLE" = node ]; then
    require_resolv_conf
    require_port
  else
    require_running
  fi
  server_part require
}

step_prepare() {
  if [ "$DNS_ROLE" = node ]; then server_part prepare; fi
}

step_validate() {
  server_part validate
}

step_apply() {
  find_address
  if [ "$DNS_ROLE" = node ]; then
    reload_network_manager
    # It runs and does not answer.
    if nothing_differed; then run systemctl restart "$DNS_UNIT.service"; fi
  else
    server_part check
    run systemctl "$DNS_RELOAD" "$DNS_UNIT.service"
  fi
  read_resolv_conf
  server_part afterwards
}

step_verify() {
  find_address
  server_part verify
  verify_answer
}

step_explain() {
  journalctl --no-pager -n 20 -u "$DNS_UNIT.service"
}

step_undo() {
  if [ "$DNS_ROLE" = site-server ]; then
    systemctl "$DNS_RELOAD" "$DNS_UNIT.service" || :
  fi
  server_part undo
  if [ "$DNS_ROLE" = node ]; then reload_network_manager; fi
}

# PART: the server's own part of it, where it has one.
server_part() {
  if command -v "${DNS_SERVER}_$1" >/dev/null; then "${DNS_SERVER}_$1"; fi
}
