BIND9_OPTIONS=/etc/bind/named.conf.options
BIND9_ZONES=/etc/bind/ecs-anywhere-hybrid.conf

bind9_detect() {
  if [ "$DNS_ROLE" = node ]; then bind9_own_options; else bind9_add_zones; fi
}

# The options are one statement, so on a node the file is the step's as a whole. Other names as they were before: no
# validation here, and no empty zone where the site's server may have one. With no name server before, the discard port
# stands for one: it refuses at once.
bind9_own_options() {
  local others server
  others=
  for server in $servers; do others="$others$server; "; done
  own_file "$BIND9_OPTIONS" 644 <<END
// $DNS_MANAGED
options {
  directory "/var/cache/bind";
  listen-on { 127.0.0.1; $address; };
  listen-on-v6 { none; };
  // The firewall decides which clients may ask.
  allow-query { any; };
  allow-recursion { any; };
  allow-query-cache { any; };
  forward only;
  forwarders { ${others:-127.0.0.1 port 9; }};
  dnssec-validation no;
  empty-zones-enable no;
};
$DNS_CONFIG
END
}

# Private answers carry no signatures, so the domains are not validated.
bind9_add_zones() {
  local unsigned domain
  own_file "$BIND9_ZONES" 644 <<END
// $DNS_MANAGED
$DNS_CONFIG
END
  add_block /etc/bind/named.conf.local <<END
include "$BIND9_ZONES";
END
  if bind9_persons_options | grep -q validate-except; then return; fi
  unsigned=
  for domain in $DNS_DOMAINS; do unsigned="$unsigned\"$domain\"; "; done
  add_block "$BIND9_OPTIONS" "" "" "$(bind9_opening_of_options)" <<END
validate-except { $unsigned};
END
}

bind9_require() {
  if [ "$DNS_ROLE" = node ]; then bind9_require_packaged_options; else bind9_require_exceptions; fi
}

# Options that a person wrote are not replaced.
bind9_require_packaged_options() {
  local packaged found
  if is_ours file "$BIND9_OPTIONS" || [ ! -e "$ROOT$BIND9_OPTIONS" ]; then return; fi
  packaged=$(dpkg-query -W -f '${Conffiles}\n' bind9 2>/dev/null | sed -n "s|^ $BIND9_OPTIONS \([0-9a-f]*\).*|\1|p")
  found=$(md5sum <"$ROOT$BIND9_OPTIONS")
  [ "${found%% *}" = "$packaged" ] ||
    fail "$BIND9_OPTIONS" "changed by hand" "must be as its package brought it: on a node it is this step's" \
      "set site.dns.at to host and name this host, or choose another server"
}

# The options that cannot occur twice must name the domains where a person has them already.
bind9_require_exceptions() {
  local option domain
  [ -n "$(bind9_opening_of_options)" ] || bind9_persons_options | grep -q validate-except ||
    fail "$BIND9_OPTIONS" "no line 'options {'" "must have one, for validate-except to be put below" \
      "write the opening of the options so"
  for option in validate-except deny-answer-addresses; do
    if bind9_persons_options | grep -q "^[^#]*$option"; then
      for domain in $DNS_DOMAINS; do
        bind9_persons_options | grep -qF "\"$domain\"" ||
          fail "$BIND9_OPTIONS" "$option does not name $domain" \
            "must name it, as answers are private addresses without signatures" \
            "add it to validate-except, or to the except-from of deny-answer-addresses"
      done
    fi
  done
}

bind9_validate() {
  local file
  for file in "$BIND9_ZONES" "$BIND9_OPTIONS"; do
    if [ -e "$STAGE$file" ]; then run named-checkconf "$STAGE$file"; fi
  done
}

bind9_check() {
  run named-checkconf
}

# Drops answers that it cached from other servers.
bind9_afterwards() {
  local domain
  if [ "$DNS_ROLE" = node ]; then return; fi
  for domain in $DNS_DOMAINS; do run rndc flushtree "$domain"; done
}

# Prints the options without our block and without comments.
bind9_persons_options() {
  sed '/^# >>> ecs-anywhere-hybrid dns-forwarding$/,/^# <<< ecs-anywhere-hybrid dns-forwarding$/d
    s|//.*||' "$ROOT$BIND9_OPTIONS" 2>/dev/null || :
}

# Prints the line below which an option can be put.
bind9_opening_of_options() {
  grep -m 1 -E '^[[:space:]]*options[[:space:]]*[{][[:space:]]*((//|#).*)?$' "$ROOT$BIND9_OPTIONS" || :
}
