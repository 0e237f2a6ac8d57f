UNBOUND_FOLDER=/etc/unbound/unbound.conf.d
UNBOUND_FILE=$UNBOUND_FOLDER/ecs-anywhere-hybrid.conf

unbound_detect() {
  local others
  if [ "$DNS_ROLE" = site-server ]; then
    own_file "$UNBOUND_FILE" 644 <<END
# $DNS_MANAGED
$DNS_CONFIG
END
    return
  fi
  unbound_other_names
  own_file "$UNBOUND_FILE" 644 <<END
# $DNS_MANAGED
$DNS_CONFIG
server:
    interface: 127.0.0.1
    interface: $address
    ip-freebind: yes
    # The firewall decides which clients may ask.
    access-control: 0.0.0.0/0 allow
$others
END
}

# Sets others to the lines for all other names, as they were before: no validation here, and no zone of unbound's own where
# the site's server may have one. With no name server before, the discard port stands for one: it refuses at once.
unbound_other_names() {
  local server
  others=
  if asked_only_itself; then return; fi
  others='    module-config: "iterator"
    unblock-lan-zones: yes
    local-zone: "home.arpa." nodefault
    do-not-query-localhost: no
forward-zone:
    name: "."'
  for server in ${servers:-127.0.0.1@9}; do others="$others$NL    forward-addr: $server"; done
}

# Together with the host's own files beside it, except the one whose key may not exist: a node validates nothing.
unbound_validate() {
  local file
  if [ ! -e "$STAGE$UNBOUND_FILE" ]; then return; fi
  for file in "$ROOT$UNBOUND_FOLDER"/*.conf; do
    if [ -e "$file" ] && [ ! -e "$STAGE$UNBOUND_FOLDER/${file##*/}" ] &&
      ! grep -q '^ *auto-trust-anchor-file' "$file"; then
      cp "$file" "$STAGE$UNBOUND_FOLDER/"
    fi
  done
  printf 'include: "%s/*.conf"\n' "$STAGE$UNBOUND_FOLDER" >"$STAGE/unbound.conf"
  run unbound-checkconf "$STAGE/unbound.conf"
}

unbound_check() {
  run unbound-checkconf
}
