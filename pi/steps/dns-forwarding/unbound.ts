import { type DnsServer, each, type Forwarding, managed, purpose } from "./server.ts";

const folder = "/etc/unbound/unbound.conf.d";
const path = `${folder}/ecs-anywhere-hybrid.conf`;

/** unbound.conf(5): a forward zone without `forward-first` asks nobody else. Private answers carry no signatures. */
const forwarding = ({ domains, resolvers }: Forwarding) => `# ${purpose}
server:
    # By itself it would ask a resolver that was silent for half a minute no more for a quarter of an hour.
    infra-host-ttl: 10
${each(domains, (domain) => `    private-domain: "${domain}"\n    domain-insecure: "${domain}"\n`)}\
${each(
  domains,
  (domain) => `forward-zone:
    name: "${domain}."
${each(resolvers, (resolver) => `    forward-addr: ${resolver}\n`)}`,
)}`;

/**
 * Other names as they were before: no validation here, and no zone of unbound's own where the site's server may have
 * one. With no name server before, the discard port stands for one: it refuses at once.
 */
const detectNode = (config: Forwarding) => `
others=
if [ -z "$itself" ]; then
  others='    module-config: "iterator"
    unblock-lan-zones: yes
    local-zone: "home.arpa." nodefault
    do-not-query-localhost: no
forward-zone:
    name: "."'
  for server in \${servers:-127.0.0.1@9}; do others="$others\${NL}    forward-addr: $server"; done
fi
own_file ${path} 644 <<END
# ${managed}
${forwarding(config)}\
server:
    interface: 127.0.0.1
    interface: $address
    ip-freebind: yes
    # Who may ask is the firewall's matter.
    access-control: 0.0.0.0/0 allow
\${others}
END
`;

const detectSiteServer = (config: Forwarding) => `
own_file ${path} 644 <<END
# ${managed}
${forwarding(config)}\
END
`;

export const unbound: DnsServer = {
  unit: "unbound",
  package: "unbound",
  // It says nothing when nobody answers it; of two addresses it asks the other one after 0.4 s.
  patience: "timeout:1 attempts:2",
  snippet: (config) => `# ${folder}/aws.conf, then: unbound-checkconf && systemctl reload unbound
${forwarding(config)}`,
  detect: (config, role) => (role === "node" ? detectNode(config) : detectSiteServer(config)),
  // Together with the host's own files beside it, but for the one whose key may not be there: a node validates nothing.
  validate: () => `
if [ -e "$STAGE${path}" ]; then
  for file in "$ROOT${folder}"/*.conf; do
    [ -e "$file" ] || continue
    ! grep -q '^ *auto-trust-anchor-file' "$file" || continue
    [ -e "$STAGE${folder}/\${file##*/}" ] || cp "$file" "$STAGE${folder}/"
  done
  printf 'include: "%s/*.conf"\\n' "$STAGE${folder}" >"$STAGE/unbound.conf"
  run unbound-checkconf "$STAGE/unbound.conf"
fi
`,
  check: "run unbound-checkconf",
  takesOver: "reload-or-restart",
};
