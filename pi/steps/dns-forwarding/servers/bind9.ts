import { type DnsServer, each, type Forwarding, purpose } from "../server.ts";

/** BIND 9's reference manual, `forward`: only the forwarders are asked, never the internet's servers. */
const config = ({ domains, resolvers }: Forwarding) => `// ${purpose}
${each(
  domains,
  (domain) =>
    `zone "${domain}" { type forward; forward only; forwarders { ${resolvers.map((address) => `${address};`).join(" ")} }; };\n`,
)}`;

export const bind9: DnsServer = {
  unit: "named",
  users: ["bind"],
  package: "bind9",
  configFolder: "/etc/bind/",
  patience: "timeout:1 attempts:3",
  networkManager: "none",
  reload: "reload-or-restart",
  delays: { deadResolver: 2.5, silence: 3.5, refusal: 1 },
  config,
  snippet: (forwarding) => `# /etc/bind/named.conf.local, then: named-checkconf && rndc reconfig
${config(forwarding)}\
// And within options { } in /etc/bind/named.conf.options:
//   validate-except { ${forwarding.domains.map((domain) => `"${domain}";`).join(" ")} };
`,
};
