RESOLVED_FILE=/etc/systemd/resolved.conf.d/ecs-anywhere-hybrid.conf

systemd_resolved_detect() {
  local stub quiet server dns
  stub=
  if [ "$DNS_ROLE" = node ]; then stub=DNSStubListenerExtra=$address; fi
  quiet=
  # A resolved that this step brings answers no other protocol either.
  if systemd_resolved_is_ours; then quiet="${NL}LLMNR=no${NL}MulticastDNS=no"; fi
  own_file "$RESOLVED_FILE" 644 <<END
# $DNS_MANAGED
$DNS_CONFIG
$stub$quiet
END
  find_link
  if [ -n "$network_file" ]; then
    dns=
    for server in $servers; do dns="$dns${NL}DNS=$server"; done
    own_file "/etc/systemd/network/${network_file##*/}.d/ecs-anywhere-hybrid-dns.conf" 644 <<END
# $DNS_MANAGED All names that nothing else claims: see $RESOLVED_FILE.
[Network]
Domains=~.$dns
END
  fi
}

systemd_resolved_require() {
  find_link
  require_known_manager
  require_netplan_claims_names
  require_no_resolvconf
  require_no_other_servers
  require_no_validation
}

# Its package makes /etc/resolv.conf a link to itself; what was there is put back, so that undo finds it.
systemd_resolved_prepare() {
  if [ -e "$ROOT$RESOLV_CONF_BACKUP" ] && is_ours package systemd-resolved; then
    mv "$ROOT$RESOLV_CONF_BACKUP" "$ROOT/etc/resolv.conf"
  fi
}

systemd_resolved_afterwards() {
  claim_other_names
  if [ "$DNS_ROLE" = node ]; then restart_docker_once; fi
}

systemd_resolved_verify() {
  local claims
  own_interface
  claims=$(resolvectl domain "$interface")
  case " $claims " in
    *" ~. "*) ;;
    *)
      fail "domains of $interface" "${claims#*: }" "must claim all other names, or they would go to the VPC too" \
        "look for another rule for $interface, such as a VPN's that claims ~. for itself"
      ;;
  esac
}

systemd_resolved_undo() {
  local profile
  find_address
  find_link
  if [ -n "$network_file" ]; then
    networkctl reload || :
    resolvectl revert "$interface" 2>/dev/null || :
  fi
  if [ -e "$STATE/profile" ]; then
    read -r profile <"$STATE/profile"
    nmcli connection modify "$profile" -ipv4.dns-search '~.' || :
    nmcli device reapply "$interface" || :
  fi
  if [ -e "$STATE/docker" ]; then systemctl try-restart docker.service || :; fi
  rm -f "$STATE/docker" "$STATE/profile"
}

# Also when it is still to come.
systemd_resolved_is_ours() {
  if is_ours package systemd-resolved; then return; fi
  [ ! -e "$ROOT/usr/lib/systemd/system/systemd-resolved.service" ] &&
    [ ! -e "$ROOT/lib/systemd/system/systemd-resolved.service" ]
}

# Sets interface, and network_file or uuid as systemd-networkd or NetworkManager has it.
find_link() {
  own_interface
  find_manager
}

require_known_manager() {
  [ -n "$network_file$uuid" ] ||
    fail "network" "$interface is configured by $manager" \
      "must be systemd-networkd or NetworkManager, which systemd-resolved asks" "choose another server in site.dns"
}

require_netplan_claims_names() {
  [ -n "$network_file" ] || [ "$manager" = networkmanager ] || grep -rqsF '~.' "$ROOT/etc/netplan" ||
    fail "network" "$interface is configured by netplan for NetworkManager" \
      "must claim all names that nothing else claims" \
      "add '~.' to nameservers.search of $interface in /etc/netplan, run netplan apply, then run pulumi up again"
}

require_no_resolvconf() {
  if systemd_resolved_is_ours && { [ -e "$ROOT/etc/resolvconf.conf" ] || [ -e "$ROOT/etc/resolvconf/update.d/libc" ]; }
  then
    fail "resolvconf" "installed" "must not be: the package systemd-resolved would take its place" \
      "remove it, or choose another server in site.dns"
  fi
}

# KEY: prints its values in resolved's configuration besides our file.
resolved_setting() {
  local key file
  key=$1
  set -- "$ROOT/etc/systemd/resolved.conf"
  for file in "$ROOT"/etc/systemd/resolved.conf.d/*.conf "$ROOT"/run/systemd/resolved.conf.d/*.conf; do
    [ "$file" = "$ROOT$RESOLVED_FILE" ] || set -- "$@" "$file"
  done
  sed -n "s/^$key=[[:space:]]*//p" "$@" 2>/dev/null || :
}

# A server of /etc/resolv.conf counts only until there is one of resolved's own.
require_no_other_servers() {
  local others
  others=$(resolved_setting DNS)
  [ -z "$others" ] ||
    fail "DNS of systemd-resolved" "$others" "must not be set: it would be asked for the domains too" \
      "set it for the network instead, in its .network file"
}

require_no_validation() {
  local validates domain
  validates=$(resolved_setting DNSSEC | tail -n 1)
  case $validates in
    yes | true | 1 | allow-downgrade)
      for domain in $DNS_DOMAINS; do
        grep -qsxF "$domain" "$ROOT"/etc/dnssec-trust-anchors.d/*.negative ||
          fail "DNSSEC of systemd-resolved" "$validates" "must not be in force for $domain, whose answers carry no signatures" \
            "name it in /etc/dnssec-trust-anchors.d/private.negative (dnssec-trust-anchors.d(5)), or set DNSSEC=no"
      done
      ;;
  esac
}

# For a link of systemd-networkd by resolved's own call, so that the link is not configured again under the SSH connection;
# after a reboot by the drop-in. NetworkManager keeps it in the profile (nm-settings-nmcli(5), `ipv4.dns-search`).
# shellcheck disable=SC2086 # Addresses.
claim_other_names() {
  find_link
  if [ -n "$network_file" ]; then
    [ -z "$servers" ] || run resolvectl dns "$interface" $servers
    run resolvectl domain "$interface" '~.'
  elif [ "$manager" = networkmanager ]; then
    case $(nmcli -g ipv4.dns-search connection show "$uuid") in
      *'~.'*) ;;
      *)
        printf '%s\n' "$uuid" >"$STATE/profile"
        run nmcli connection modify "$uuid" +ipv4.dns-search '~.'
        ;;
    esac
    run nmcli device reapply "$interface"
  fi
}

# Docker decides once, when it makes its first container, whether it reads /etc/resolv.conf or, where that names nothing but
# 127.0.0.53, resolved's list of servers: with that, containers would ask the VPC for every name.
restart_docker_once() {
  if [ "$own_server" = 127.0.0.53 ] && [ ! -e "$STATE/docker" ] && systemctl --quiet is-active docker.service; then
    run systemctl restart docker.service
    : >"$STATE/docker"
  fi
}
