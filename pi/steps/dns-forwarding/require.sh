# What must hold before anything is touched.

# Port 53 must be free, except for a server that this step started: it goes on, or is about to be stopped.
require_port() {
  local local_address users process unit
  ss -Hlnutp 'sport = :53' 2>/dev/null | while read -r _ _ _ _ local_address users; do
    case $local_address in "$address:53" | 127.0.0.1:53 | 0.0.0.0:53 | '*:53') ;; *) continue ;; esac
    process=${users#*\"}
    process=${process%%\"*}
    unit=$process
    if [ "$process" = systemd-resolve ]; then unit=systemd-resolved; fi
    if [ "$unit" = "$DNS_UNIT" ] || is_ours unit "$unit.service"; then continue; fi
    fail "port 53" "$local_address is taken by $process" "must be free for the node's own server" \
      "stop $process, or have the site's DNS server forward: site.dns.at"
  done
}

# The site's own server.
require_running() {
  systemctl --quiet is-active "$DNS_UNIT.service" ||
    fail "$DNS_UNIT.service" "not running" "must run here already: this host is the site's DNS server" \
      "start it, or set site.dns to what the site's DNS server is"
}
