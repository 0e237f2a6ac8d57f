import type { Script } from "../../step.ts";
import { findManager } from "../static-route/network-manager.ts";
import { packageBackup } from "./name-servers.ts";
import { type DnsServer, type Forwarding, managed, purpose, type Role } from "./server.ts";

const path = "/etc/systemd/resolved.conf.d/ecs-anywhere-hybrid.conf";

/**
 * Servers and domains of the whole host are one scope, and that scope takes every name that no link claims for itself
 * (resolved.conf(5), `Domains`; docs/decisions/resolved.md). So the host's network claims all others with `~.`.
 */
const forwarding = ({ domains, resolvers }: Forwarding) => `# ${purpose}
[Resolve]
DNS=${resolvers.join(" ")}
Domains=${domains.map((domain) => `~${domain}`).join(" ")}
`;

/** Defines `find_link`: sets `interface`, and `network_file` or `uuid` as systemd-networkd or NetworkManager has it. */
const link: Script = `${findManager}
find_link() {
  own_interface
  # Not asked for: the interface is known.
  gateway=
  find_manager
}
brought_resolved() {
  if [ -e "$ROOT/usr/lib/systemd/system/systemd-resolved.service" ] ||
    [ -e "$ROOT/lib/systemd/system/systemd-resolved.service" ]; then
    grep -qsx systemd-resolved "$STATE/packages"
  fi
}
`;

/** A resolved that this step brought answers nobody in other ways either. */
const detect = (config: Forwarding, role: Role): Script => `${link}
quiet=
! brought_resolved || quiet="\${NL}LLMNR=no\${NL}MulticastDNS=no"
own_file ${path} 644 <<END
# ${managed}
${forwarding(config)}\
${role === "node" ? "DNSStubListenerExtra=$address" : ""}\${quiet}
END
find_link
dns=
for server in $servers; do dns="$dns\${NL}DNS=$server"; done
if [ -n "$network_file" ]; then
  own_file "/etc/systemd/network/\${network_file##*/}.d/ecs-anywhere-hybrid-dns.conf" 644 <<END
# ${managed} All names that nobody else claims: see ${path}.
[Network]
Domains=~.\${dns}
END
fi
`;

const require: Script = `${link}
find_link
[ -n "$network_file$uuid" ] ||
  fail "network" "$interface is configured by $manager" "must be systemd-networkd or NetworkManager, which systemd-resolved asks" \\
    "choose another server in site.dns"
[ -n "$network_file" ] || [ "$manager" = networkmanager ] || grep -rqsF '~.' "$ROOT/etc/netplan" ||
  fail "network" "$interface is configured by netplan for NetworkManager" "must claim all names that nobody else does" \\
    "add '~.' to nameservers.search of $interface in /etc/netplan, run netplan apply, then run pulumi up again"
if brought_resolved && { [ -e "$ROOT/etc/resolvconf.conf" ] || [ -e "$ROOT/etc/resolvconf/update.d/libc" ]; }; then
  fail "resolvconf" "installed" "must not be: the package systemd-resolved would take its place" \\
    "remove it, or choose another server in site.dns"
fi
# What another file says; a server of /etc/resolv.conf counts only until there is one.
set -- "$ROOT/etc/systemd/resolved.conf"
for file in "$ROOT"/etc/systemd/resolved.conf.d/*.conf "$ROOT"/run/systemd/resolved.conf.d/*.conf; do
  [ "$file" = "$ROOT${path}" ] || set -- "$@" "$file"
done
others=$(sed -n 's/^DNS=[[:space:]]*//p' "$@" 2>/dev/null) || :
[ -z "$others" ] ||
  fail "DNS of systemd-resolved" "$others" "must not be set: it would be asked for the domains too" \\
    "set it for the network instead, in its .network file"
validates=$(sed -n 's/^DNSSEC=//p' "$@" 2>/dev/null | tail -n 1)
case $validates in
  yes | true | 1 | allow-downgrade)
    for domain in $domains; do
      grep -qsxF "$domain" "$ROOT"/etc/dnssec-trust-anchors.d/*.negative ||
        fail "DNSSEC of systemd-resolved" "$validates" "answers for $domain carry no signatures" \\
          "name it in /etc/dnssec-trust-anchors.d/private.negative (dnssec-trust-anchors.d(5)), or set DNSSEC=no"
    done
    ;;
esac
`;

/** Its package makes /etc/resolv.conf a link to itself; what stood there is put back, as undo shall find it. */
const prepare: Script = `
if [ -e "$ROOT${packageBackup}" ] && grep -qsx systemd-resolved "$STATE/packages"; then
  mv "$ROOT${packageBackup}" "$ROOT/etc/resolv.conf"
fi
`;

/**
 * To a link of systemd-networkd by resolved's own call, so that it is not configured anew under the SSH connection; after
 * a reboot by the drop-in. NetworkManager keeps it in the profile (nm-settings-nmcli(5), `ipv4.dns-search`).
 */
const claim: Script = `${link}
find_link
if [ -n "$network_file" ]; then
  # shellcheck disable=SC2086 # Addresses.
  [ -z "$servers" ] || run resolvectl dns "$interface" $servers
  run resolvectl domain "$interface" '~.'
elif [ "$manager" = networkmanager ]; then
  case $(nmcli -g ipv4.dns-search connection show "$uuid") in
    *'~.'*) ;;
    *)
      printf '%s\\n' "$uuid" >"$STATE/profile"
      run nmcli connection modify "$uuid" +ipv4.dns-search '~.'
      ;;
  esac
  run nmcli device reapply "$interface"
fi
`;

/**
 * Docker decides once, when it makes its first container, whether it reads /etc/resolv.conf or, where that names nothing
 * but 127.0.0.53, resolved's list of servers: with that, containers would ask the VPC for every name.
 */
const haveDockerLookAgain: Script = `
if [ -n "$stub" ] && [ ! -e "$STATE/docker" ] && systemctl --quiet is-active docker.service; then
  run systemctl restart docker.service
  : >"$STATE/docker"
fi
`;

const verify: Script = `
own_interface
claims=$(resolvectl domain "$interface")
case " $claims " in
  *" ~. "*) ;;
  *)
    fail "domains of $interface" "\${claims#*: }" "must claim all other names, or they would go to the VPC too" \\
      "look for another rule for $interface, such as a VPN's that claims ~. for itself"
    ;;
esac
`;

export const resolved: DnsServer = {
  unit: "systemd-resolved",
  package: "systemd-resolved",
  // It takes 5 s to see that a server is dead.
  patience: "timeout:2 attempts:4",
  snippet: (config) => `# /etc/systemd/resolved.conf.d/aws.conf, then: systemctl restart systemd-resolved
${forwarding(config)}\
# And so that all other names do not go there too, in the [Network] section of the .network file of each network with
# name servers (systemd.network(5)): Domains=~.
`,
  detect,
  require: ({ domains }) => `domains='${domains.join(" ")}'\n${require}`,
  prepare,
  takesOver: "reload-or-restart",
  afterwards: (_, role) => (role === "node" ? claim + haveDockerLookAgain : claim),
  verify,
  undo: `${link}
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
[ ! -e "$STATE/docker" ] || systemctl try-restart docker.service || :
rm -f "$STATE/docker" "$STATE/profile"
`,
};
