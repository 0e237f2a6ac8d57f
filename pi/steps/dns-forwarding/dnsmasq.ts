import { type DnsServer, each, type Forwarding, managed, purpose, type Role } from "./server.ts";

const path = "/etc/dnsmasq.d/ecs-anywhere-hybrid.conf";

/**
 * A domain's own servers are the only ones that dnsmasq(8) asks for it. It does not try a second one by itself: it waits
 * for the client to ask again, and resolvers wait 5 s. So all of them are asked at once.
 */
const forwarding = ({ domains, resolvers }: Forwarding) => `# ${purpose}
${each(domains, (domain) => each(resolvers, (resolver) => `server=/${domain}/${resolver}\n`))}\
# All at once, as a dead one is noticed only when a client asks again.
all-servers
# For stop-dns-rebind: the answers are private addresses.
rebind-domain-ok=/${domains.join("/")}/
`;

/** `bind-dynamic` waits for addresses; over TCP it takes queries only from interfaces that it was told of. */
const detectNode = (config: Forwarding) => `
if [ -n "$kept" ]; then
  others=resolv-file=$kept
elif [ -n "$itself" ]; then
  others=
else
  others=no-resolv
  for server in $servers; do others="$others\${NL}server=$server"; done
fi
own_file ${path} 644 <<END
# ${managed}
${forwarding(config)}\
listen-address=127.0.0.1
listen-address=$address
interface=docker*
interface=br-*
bind-dynamic
# While the tunnels are down every question waits; 150 are soon there.
dns-forward-max=1000
\${others}
END
`;

const detectSiteServer = (config: Forwarding) => `
own_file ${path} 644 <<END
# ${managed}
${forwarding(config)}\
END
`;

export const dnsmasq: DnsServer = {
  unit: "dnsmasq",
  package: "dnsmasq",
  // It says nothing when nobody answers it, and asks all at once: a second question is for a lost packet.
  patience: "timeout:1 attempts:2",
  snippet: (config) => `# /etc/dnsmasq.d/aws.conf, then: systemctl restart dnsmasq\n${forwarding(config)}`,
  detect: (config, role: Role) => (role === "node" ? detectNode(config) : detectSiteServer(config)),
  validate: () => `
[ ! -e "$STAGE${path}" ] || run dnsmasq --test --conf-file="$STAGE${path}"
`,
  // It reads its configuration when it starts, and only then.
  takesOver: "restart",
};
