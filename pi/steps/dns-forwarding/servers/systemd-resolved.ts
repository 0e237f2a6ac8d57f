import { type DnsServer, type Forwarding, purpose } from "../server.ts";

/**
 * Servers and domains of the whole host are one scope, and that scope takes every name that no link claims for itself
 * (resolved.conf(5), `Domains`; docs/decisions/resolved.md). So the host's network claims all others with `~.`.
 */
const config = ({ domains, resolvers }: Forwarding) => `# ${purpose}
[Resolve]
DNS=${resolvers.join(" ")}
Domains=${domains.map((domain) => `~${domain}`).join(" ")}
`;

export const systemdResolved: DnsServer = {
  unit: "systemd-resolved",
  users: ["systemd-resolve"],
  package: "systemd-resolved",
  configFolder: "/etc/systemd/resolved.conf.d/",
  // It takes 5 s to see that a server is dead.
  patience: "timeout:2 attempts:4",
  networkManager: "systemd-resolved",
  reload: "reload-or-restart",
  delays: { deadResolver: 6, silence: 9, refusal: 1 },
  config,
  snippet: (forwarding) => `# /etc/systemd/resolved.conf.d/aws.conf, then: systemctl restart systemd-resolved
${config(forwarding)}\
# And so that all other names do not go there too, in the [Network] section of the .network file of each network with
# name servers (systemd.network(5)): Domains=~.
`,
};
