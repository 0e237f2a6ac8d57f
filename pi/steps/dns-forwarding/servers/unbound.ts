import { type DnsServer, each, type Forwarding, purpose } from "../server.ts";

/** unbound.conf(5): a forward zone without `forward-first` asks no other server. Private answers carry no signatures. */
const config = ({ domains, resolvers }: Forwarding) => `# ${purpose}
server:
    # By default unbound stops using a server for 15 minutes after half a minute of silence.
    infra-host-ttl: 10
${each(domains, (domain) => `    private-domain: "${domain}"\n    domain-insecure: "${domain}"\n`)}\
${each(
  domains,
  (domain) => `forward-zone:
    name: "${domain}."
${each(resolvers, (resolver) => `    forward-addr: ${resolver}\n`)}`,
)}`;

export const unbound: DnsServer = {
  unit: "unbound",
  users: ["unbound"],
  package: "unbound",
  configFolder: "/etc/unbound/unbound.conf.d/",
  // It is silent when no resolver answers it; of two addresses it asks the other one after 0.4 s.
  patience: "timeout:1 attempts:2",
  networkManager: "none",
  reload: "reload-or-restart",
  delays: { deadResolver: 2, silence: 2.5, refusal: 2.5 },
  config,
  snippet: (forwarding) =>
    `# /etc/unbound/unbound.conf.d/aws.conf, then: unbound-checkconf && systemctl reload unbound\n${config(forwarding)}`,
};
