import { type DnsServerName, dnsServerNames } from "../../limits/dns-servers.ts";
import { fail } from "../../limits/problem.ts";
import { script } from "../script.ts";
import type { Step } from "../step.ts";
import { type DnsServer, type Forwarding, managed, type Role } from "./dns-forwarding/server.ts";
import { servers } from "./dns-forwarding/servers/index.ts";

export interface DnsForwardingArgs extends Forwarding {
  readonly server: DnsServerName;
  readonly role: Role;
}

/**
 * Names of AWS's services are asked of the VPC's inbound resolver, by UDP and TCP, and of no other server: while it cannot
 * be reached there is no answer, rather than a public address. Which of its addresses is dead does not matter.
 *
 * On a node the server is the node's own, at the node's address on the site, for itself and its containers only;
 * /etc/resolv.conf says so, and what the host asked before gets all other names. As the site's DNS server, it runs
 * already, and gets a file of its own beside what a person wrote. Under the dead man's switch.
 *
 * Facts: `address` (where the server was asked), and the asked name with the addresses that the resolver gives it.
 *
 * @throws Error of four parts when there is no domain, no resolver, or a value is not one
 */
export function dnsForwarding(args: DnsForwardingArgs): Step {
  check(args);
  return {
    name: "dns-forwarding",
    ...(args.role === "node" && ofNode(servers[args.server])),
    script: scripts,
    variables: variables(args),
    settleSeconds: 15,
    deadMansSwitchSeconds: 60,
  };
}

/** The table of guard.sh, which declares its file. */
const guard = { name: "ip ecs_anywhere_hybrid_dns", file: "/etc/ecs-anywhere-hybrid/dns-forwarding.nft" };

/** Returns what a node's own server takes. The site's DNS server is there and runs already. */
function ofNode(server: DnsServer): Partial<Step> {
  const unit = `${server.unit}.service`;
  const dropIn = `/etc/systemd/system/${unit}.d/ecs-anywhere-hybrid.conf`;
  return {
    packages: [
      { name: "nftables", unless: ["nft"] },
      { name: server.package, unless: [unit], leaves: { users: server.users } },
    ],
    files: [
      { path: dropIn, mode: "644", content: `# ${managed}\n[Service]\nRestart=always\nRestartSec=1\n` },
    ],
    tables: [guard],
    units: [{ name: unit, enabled: true, running: true, restartOn: [server.configFolder, dropIn] }],
    remember: ["resolv_conf"],
  };
}

/** Returns what a person adds to a DNS server that no step configures; its first line says where. */
export function dnsSnippet(args: DnsForwardingArgs): string {
  check(args);
  return servers[args.server].snippet(args);
}

const scripts = script(
  "shared/private-address.sh",
  "shared/network-manager.sh",
  "dns-forwarding/address.sh",
  "dns-forwarding/resolv-conf.sh",
  "dns-forwarding/guard.sh",
  "dns-forwarding/require.sh",
  "dns-forwarding/answer.sh",
  ...dnsServerNames.map((name) => `dns-forwarding/servers/${name}.sh`),
  "dns-forwarding.sh",
);

const client = script("dns-forwarding/ask.pl");

function variables(args: DnsForwardingArgs) {
  const server = servers[args.server];
  return {
    DNS_ROLE: args.role,
    DNS_DOMAINS: args.domains,
    DNS_RESOLVERS: args.resolvers,
    DNS_SERVER: args.server.replaceAll("-", "_"),
    DNS_CONFIG: server.config(args).trimEnd(),
    DNS_UNIT: server.unit,
    DNS_RELOAD: server.reload,
    DNS_PATIENCE: server.patience,
    DNS_NETWORK_MANAGER: server.networkManager,
    DNS_MANAGED: managed,
    DNS_GUARD_TABLE: guard.name,
    DNS_GUARD_FILE: guard.file,
    DNS_CLIENT: client,
  };
}

function check({ domains, resolvers }: Forwarding): void {
  if (domains.length === 0) fail("domains", "none", "must be at least one", "name the Region's");
  if (resolvers.length === 0)
    fail("resolvers", "none", "must be at least one", "take them from the inbound resolver");
  for (const domain of domains) {
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain))
      fail(
        "domains",
        domain,
        "must be a DNS name of a-z, 0-9, - and .",
        "write it as us-east-1.amazonaws.com",
      );
  }
  for (const resolver of resolvers) {
    if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(resolver))
      fail("resolvers", resolver, "must be an IPv4 address", "take it from the inbound resolver");
  }
}
