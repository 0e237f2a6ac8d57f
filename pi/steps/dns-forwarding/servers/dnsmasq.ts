import { type DnsServer, each, type Forwarding, purpose } from "../server.ts";

/**
 * A domain's own servers are the only ones that dnsmasq(8) asks for it. It does not try a second one on its own: it waits
 * for the client to ask again, and resolvers wait 5 s. So all of them are asked at once.
 */
const config = ({ domains, resolvers }: Forwarding) => `# ${purpose}
${each(domains, (domain) => each(resolvers, (resolver) => `server=/${domain}/${resolver}\n`))}\
# All at once, as a dead one is noticed only when a client asks again.
all-servers
# For stop-dns-rebind: the answers are private addresses.
rebind-domain-ok=/${domains.join("/")}/
`;

export const dnsmasq: DnsServer = {
  unit: "dnsmasq",
  users: ["dnsmasq"],
  package: "dnsmasq",
  configFolder: "/etc/dnsmasq.d/",
  // It is silent when no resolver answers it, and asks all at once: a second question is for a lost packet.
  patience: "timeout:1 attempts:2",
  networkManager: "none",
  // dnsmasq reads its configuration only when it starts.
  reload: "restart",
  delays: { deadResolver: 0.5, silence: 2.5, refusal: 2.5 },
  config,
  snippet: (forwarding) =>
    `# /etc/dnsmasq.d/aws.conf, then: systemctl restart dnsmasq\n${config(forwarding)}`,
};
