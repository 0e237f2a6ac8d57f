import { type DnsServer, each, type Forwarding, managed, purpose } from "./server.ts";

const options = "/etc/bind/named.conf.options";
const local = "/etc/bind/named.conf.local";
const zonesPath = "/etc/bind/ecs-anywhere-hybrid.conf";

/** BIND 9's reference manual, `forward`: only the forwarders are asked, never the internet's servers. */
const zones = ({ domains, resolvers }: Forwarding) =>
  each(
    domains,
    (domain) =>
      `zone "${domain}" { type forward; forward only; forwarders { ${resolvers.map((address) => `${address};`).join(" ")} }; };\n`,
  );

/** Private answers carry no signatures. */
const unsigned = ({ domains }: Forwarding) =>
  `validate-except { ${domains.map((domain) => `"${domain}";`).join(" ")} };`;

/**
 * The options are one statement, so on a node the file is the step's as a whole. Other names as they were before: no
 * validation here, and no empty zone where the site's server may have one. With no name server before, the discard port
 * stands for one: it refuses at once.
 */
const detectNode = (config: Forwarding) => `
others=
for server in $servers; do others="$others$server; "; done
own_file ${options} 644 <<END
// ${managed}
options {
  directory "/var/cache/bind";
  listen-on { 127.0.0.1; $address; };
  listen-on-v6 { none; };
  // Who may ask is the firewall's matter.
  allow-query { any; };
  allow-recursion { any; };
  allow-query-cache { any; };
  forward only;
  forwarders { \${others:-127.0.0.1 port 9; }};
  dnssec-validation no;
  empty-zones-enable no;
};
// ${purpose}
${zones(config)}\
END
`;

const detectSiteServer = (config: Forwarding) => `
own_file ${zonesPath} 644 <<END
// ${managed}
// ${purpose}
${zones(config)}\
END
add_block ${local} <<END
include "${zonesPath}";
END
if ! own_options | grep -q validate-except; then
  add_block ${options} "" "" "$(opening)" <<END
${unsigned(config)}
END
fi
`;

/** What a person wrote there. */
const ownOptions = `
own_options() {
  sed '/^# >>> ecs-anywhere-hybrid dns-forwarding$/,/^# <<< ecs-anywhere-hybrid dns-forwarding$/d
    s|//.*||' "$ROOT${options}" 2>/dev/null || :
}
# The line below which an option can be put.
opening() { grep -m 1 -E '^[[:space:]]*options[[:space:]]*[{][[:space:]]*((//|#).*)?$' "$ROOT${options}" || :; }
`;

/** The options that cannot stand twice must name the domains where a person has them already. */
const requireSiteServer = ({ domains }: Forwarding) => `
[ -n "$(opening)" ] || own_options | grep -q validate-except ||
  fail "${options}" "no line 'options {'" "must have one, for validate-except to be put below" \\
    "write the opening of the options so"
for option in validate-except deny-answer-addresses; do
  own_options | grep -q "^[^#]*$option" || continue
  for domain in ${domains.join(" ")}; do
    own_options | grep -qF "\\"$domain\\"" ||
      fail "${options}" "$option does not name $domain" "answers are private addresses without signatures" \\
        "add it to validate-except, or to the except-from of deny-answer-addresses"
  done
done
`;

const requireNode = `
if [ ! -e "$STATE/manifest" ] && [ -e "$ROOT${options}" ]; then
  packaged=$(dpkg-query -W -f '\${Conffiles}\\n' bind9 2>/dev/null | sed -n 's|^ ${options} \\([0-9a-f]*\\).*|\\1|p')
  found=$(md5sum <"$ROOT${options}")
  [ "\${found%% *}" = "$packaged" ] ||
    fail "${options}" "changed by hand" "must be as its package brought it: on a node it is this step's" \\
      "say site.dns at host and name this host, or choose another server"
fi
`;

export const bind9: DnsServer = {
  unit: "named",
  package: "bind9",
  patience: "timeout:1 attempts:3",
  snippet: (config) => `# ${local}, then: named-checkconf && rndc reconfig
// ${purpose}
${zones(config)}\
// And within options { } in ${options}:
//   ${unsigned(config)}
`,
  detect: (config, role) => (role === "node" ? detectNode(config) : ownOptions + detectSiteServer(config)),
  require: (config, role) => (role === "node" ? requireNode : ownOptions + requireSiteServer(config)),
  validate: (role) =>
    role === "node"
      ? `[ ! -e "$STAGE${options}" ] || run named-checkconf "$STAGE${options}"`
      : `
for file in ${zonesPath} ${options}; do
  [ ! -e "$STAGE$file" ] || run named-checkconf "$STAGE$file"
done
`,
  check: "run named-checkconf",
  takesOver: "reload-or-restart",
  afterwards: ({ domains }, role) =>
    role === "node"
      ? ":"
      : `
# What it learned before, from elsewhere.
for domain in ${domains.join(" ")}; do run rndc flushtree "$domain"; done
`,
};
