import { refuse } from "../refuse.ts";
import type { Script, Step } from "../step.ts";
import { verifyAnswer } from "./dns-forwarding/ask.ts";
import { bind9 } from "./dns-forwarding/bind9.ts";
import { dnsmasq } from "./dns-forwarding/dnsmasq.ts";
import { guardPath, guardTable, guardUnits, ownGuard } from "./dns-forwarding/guard.ts";
import { nameServers, ownResolvConf, requireResolvConf } from "./dns-forwarding/name-servers.ts";
import { resolved } from "./dns-forwarding/resolved.ts";
import type { DnsServer, Forwarding, Role } from "./dns-forwarding/server.ts";
import { unbound } from "./dns-forwarding/unbound.ts";
import { forgetBefore, rememberBefore, requirePort, runServer, stopServer } from "./dns-forwarding/units.ts";

const servers = { dnsmasq, unbound, bind9, "systemd-resolved": resolved } satisfies Record<string, DnsServer>;

export interface DnsForwardingArgs extends Forwarding {
  readonly server: keyof typeof servers;
  readonly role: Role;
}

/**
 * Names of AWS's services are asked of the VPC's inbound resolver, by UDP and TCP, and of nobody else: while it cannot be
 * reached there is no answer, rather than a public address. Which of its addresses is dead does not matter.
 *
 * On a node the server is the node's own, at the node's address on the site, for itself and its containers only;
 * /etc/resolv.conf says so, and what the host asked before gets all other names. As the site's DNS server, it runs
 * already, and gets a file of its own beside what a person wrote. Under the dead man's switch.
 *
 * Facts: `address` (where the server was asked), and the asked name with the addresses that the resolver gives it.
 *
 * @throws Error of four parts when there is no domain, no resolver, or one of them is none
 */
export function dnsForwarding(args: DnsForwardingArgs): Step {
  check(args);
  return args.role === "node" ? onNode(args) : onSiteServer(args);
}

/** What a person puts into a DNS server that none of our steps reaches; its first line says where. */
export function dnsSnippet(args: DnsForwardingArgs): string {
  check(args);
  return servers[args.server].snippet(args);
}

/** What all scripts of a step begin with. */
const here = ({ resolvers: [resolver = ""] }: Forwarding): Script => `
${nameServers(resolver)}
find_address
`;

const explain = (unit: string): Script => `journalctl --no-pager -n 20 -u ${unit}.service`;

function onNode(args: DnsForwardingArgs): Step {
  const server = servers[args.server];
  const { unit } = server;
  const isResolved = server === resolved;
  return {
    name: "dns-forwarding",
    files: guardUnits(unit),
    detect: `${here(args)}
read_before
${ownResolvConf(server.patience, isResolved ? "systemd-resolved" : "none")}
${ownGuard}
${server.detect(args, "node")}`,
    require: `${here(args)}
wanted=${unit}
${requireResolvConf(isResolved)}
${requirePort}
${server.require?.(args, "node") ?? ""}`,
    prepare: `${here(args)}
${rememberBefore}
keep_before
command -v nft >/dev/null || install_packages nftables
systemctl cat ${unit}.service >/dev/null 2>&1 || install_packages ${server.package}
${server.prepare ?? ""}`,
    validate: `
[ ! -e "$STAGE${guardPath}" ] || run nft -c -f "$STAGE${guardPath}"
${server.validate?.("node") ?? ""}`,
    apply: `${here(args)}
${reloadNetworkManager}
${runServer}
read_before
${server.afterwards?.(args, "node") ?? ""}`,
    // That the server runs is proven by its answer.
    verify: `${here(args)}
nft list table ${guardTable} >/dev/null
${server.verify ?? ""}
${verifyAnswer(asked(args), args.resolvers)}`,
    explain: explain(unit),
    undo: `${here(args)}
${stopServer}
${server.undo ?? ""}
${reloadNetworkManager}
remove_packages
${forgetBefore}`,
    settleSeconds: 15,
    deadMansSwitchSeconds: 60,
  };
}

function onSiteServer(args: DnsForwardingArgs): Step {
  const server = servers[args.server];
  const { unit } = server;
  const takeOver = `systemctl ${server.takesOver} ${unit}.service`;
  return {
    name: "dns-forwarding",
    detect: `${here(args)}
read_before
${server.detect(args, "site-server")}`,
    require: `${here(args)}
systemctl --quiet is-active ${unit}.service ||
  fail "${unit}.service" "not running" "must run here already: this host is the site's DNS server" \\
    "start it, or set site.dns to what the site's DNS server is"
${server.require?.(args, "site-server") ?? ""}`,
    validate: server.validate?.("site-server") ?? ":",
    apply: `${here(args)}
${server.check ?? ""}
run ${takeOver}
read_before
${server.afterwards?.(args, "site-server") ?? ""}`,
    verify: `${here(args)}
${server.verify ?? ""}
${verifyAnswer(asked(args), args.resolvers)}`,
    explain: explain(unit),
    undo: `${here(args)}
${takeOver} || :
${server.undo ?? ""}`,
    settleSeconds: 15,
    deadMansSwitchSeconds: 60,
  };
}

const reloadNetworkManager: Script = `
! systemctl --quiet is-active NetworkManager.service || run systemctl reload NetworkManager.service
`;

/** A name that every Region has, with an endpoint or without. */
const asked = ({ domains: [domain = ""] }: Forwarding) => `ecs.${domain}`;

function check({ domains, resolvers }: Forwarding): void {
  if (domains.length === 0) refuse("domains", "none", "must be at least one", "name the Region's");
  if (resolvers.length === 0)
    refuse("resolvers", "none", "must be at least one", "take them from the inbound resolver");
  for (const domain of domains) {
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain))
      refuse(
        "domains",
        domain,
        "must be a DNS name of a-z, 0-9, - and .",
        "write it as us-east-1.amazonaws.com",
      );
  }
  for (const resolver of resolvers) {
    if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(resolver))
      refuse("resolvers", resolver, "must be an IPv4 address", "take it from the inbound resolver");
  }
}
