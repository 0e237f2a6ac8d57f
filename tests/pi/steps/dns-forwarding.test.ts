import { readdirSync, rmSync, symlinkSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { type DnsForwardingArgs, dnsForwarding, dnsSnippet } from "../../../pi/steps/dns-forwarding.ts";
import { ScratchRoot } from "../../support/scratch-root.ts";
import { hasGoodScripts } from "../../support/shellcheck.ts";

const servers = ["dnsmasq", "unbound", "bind9", "systemd-resolved"] as const;
const args: DnsForwardingArgs = {
  server: "dnsmasq",
  domains: ["us-east-1.amazonaws.com", "us-east-1.api.aws"],
  resolvers: ["10.0.1.10", "10.0.2.10"],
  role: "node",
};

/** A node with eth0, whose servers are files in /run/active. */
class Host extends ScratchRoot {
  constructor() {
    super();
    this.write("/etc/resolv.conf", "nameserver 192.168.1.1\nsearch home.arpa\n");
    this.write("/run/systemd/netif/links/2", "NETWORK_FILE=/etc/systemd/network/10-eth0.network\n");
    this.write("/etc/bind/named.conf.options", "options {\n\tdnssec-validation auto;\n};\n");
    this.write("/etc/bind/named.conf.local", "// zones\n");
    this.write("/etc/bind/named.conf", "");
    this.write("/lib/systemd/system/systemd-resolved.service", "");
    this.fake(
      "ip",
      `
case "$*" in
  "-o -4 route get 10.0.1.10") echo "10.0.1.10 via 192.168.1.196 dev eth0 src 192.168.1.101 uid 0 \\\\    cache" ;;
  "-o -4 address show to 192.168.1.101/32") echo "2: eth0    inet 192.168.1.101/24 brd 192.168.1.255 scope global eth0" ;;
  "-o link show dev eth0") echo "2: eth0: <UP> mtu 1500" ;;
esac`,
    );
    this.fake(
      "systemctl",
      `
[ "$1" != --quiet ] || shift
unit=$ROOT/run/active/\${2%.service}
mkdir -p "$ROOT/run/active"
case $1 in
  is-active) [ -e "$unit" ] ;;
  restart | reload-or-restart) : >"$unit" ;;
  disable) rm -f "$ROOT/run/active/\${3%.service}" ;;
esac`,
    );
    // The answers of this host's server, and of the resolvers.
    this.fake("perl", `printf '%s 0 10.0.0.45\\n%s 0 10.0.0.45\\n' "$4" "$5"`);
    this.fake("resolvectl", 'case "$*" in "domain eth0") echo "Link 2 (eth0): ~." ;; esac');
    this.fake(
      "dpkg-query",
      `case "$*" in *Conffiles*) echo " /etc/bind/named.conf.options $(md5sum <"$ROOT/etc/bind/named.conf.options")" ;; esac`,
    );
    for (const name of [
      "dnsmasq",
      "nft",
      "ss",
      "unbound-checkconf",
      "named-checkconf",
      "rndc",
      "networkctl",
      "journalctl",
    ])
      this.fake(name);
    this.fake("getent", "exit 2");
  }

  active(): readonly string[] {
    return this.exists("/run/active") ? readdirSync(this.path("/run/active")) : [];
  }

  link(path: string, target: string): void {
    rmSync(this.path(path), { force: true });
    symlinkSync(target, this.path(path));
  }
}

function host(t: ExecutionContext, prepare: (host: Host) => void = () => {}): Host {
  const host = new Host();
  t.teardown(() => host.remove());
  prepare(host);
  return host;
}

test("dnsmasq: what a person pastes", (t) => {
  t.is(
    dnsSnippet(args),
    `# /etc/dnsmasq.d/aws.conf, then: systemctl restart dnsmasq
# Names of AWS's services in the VPC: from its inbound resolver, and from nowhere else.
server=/us-east-1.amazonaws.com/10.0.1.10
server=/us-east-1.amazonaws.com/10.0.2.10
server=/us-east-1.api.aws/10.0.1.10
server=/us-east-1.api.aws/10.0.2.10
# All at once, as a dead one is noticed only when a client asks again.
all-servers
# For stop-dns-rebind: the answers are private addresses.
rebind-domain-ok=/us-east-1.amazonaws.com/us-east-1.api.aws/
`,
  );
});

test("unbound: what a person pastes", (t) => {
  t.is(
    dnsSnippet({ ...args, server: "unbound" }),
    `# /etc/unbound/unbound.conf.d/aws.conf, then: unbound-checkconf && systemctl reload unbound
# Names of AWS's services in the VPC: from its inbound resolver, and from nowhere else.
server:
    private-domain: "us-east-1.amazonaws.com"
    domain-insecure: "us-east-1.amazonaws.com"
    private-domain: "us-east-1.api.aws"
    domain-insecure: "us-east-1.api.aws"
forward-zone:
    name: "us-east-1.amazonaws.com."
    forward-addr: 10.0.1.10
    forward-addr: 10.0.2.10
forward-zone:
    name: "us-east-1.api.aws."
    forward-addr: 10.0.1.10
    forward-addr: 10.0.2.10
`,
  );
});

test("BIND 9: what a person pastes", (t) => {
  t.is(
    dnsSnippet({ ...args, server: "bind9" }),
    `# /etc/bind/named.conf.local, then: named-checkconf && rndc reconfig
// Names of AWS's services in the VPC: from its inbound resolver, and from nowhere else.
zone "us-east-1.amazonaws.com" { type forward; forward only; forwarders { 10.0.1.10; 10.0.2.10; }; };
zone "us-east-1.api.aws" { type forward; forward only; forwarders { 10.0.1.10; 10.0.2.10; }; };
// And within options { } in /etc/bind/named.conf.options:
//   validate-except { "us-east-1.amazonaws.com"; "us-east-1.api.aws"; };
`,
  );
});

test("systemd-resolved: what a person pastes", (t) => {
  t.is(
    dnsSnippet({ ...args, server: "systemd-resolved" }),
    `# /etc/systemd/resolved.conf.d/aws.conf, then: systemctl restart systemd-resolved
# Names of AWS's services in the VPC: from its inbound resolver, and from nowhere else.
[Resolve]
DNS=10.0.1.10 10.0.2.10
Domains=~us-east-1.amazonaws.com ~us-east-1.api.aws
# And so that all other names do not go there too, in the [Network] section of the .network file of each network with
# name servers (systemd.network(5)): Domains=~.
`,
  );
});

for (const server of servers) {
  for (const role of ["node", "site-server"] as const) {
    test(`${server}, ${role}: every script passes shellcheck`, (t) => {
      hasGoodScripts(t, dnsForwarding({ ...args, server, role }));
    });
  }

  test(`${server}: it comes, stays, follows the resolver to other addresses, and goes with undo`, async (t) => {
    t.timeout(60_000);
    const at = host(t);
    const step = dnsForwarding({ ...args, server });
    const before = at.snapshot();
    const { facts } = await at.succeed(step);
    t.deepEqual(facts, { address: "192.168.1.101", "ecs.us-east-1.amazonaws.com": "10.0.0.45" });
    t.deepEqual((await at.succeed(step)).changed, []);
    t.deepEqual((await at.succeed(step, "check")).changed, []);
    t.regex(
      at.read("/etc/resolv.conf"),
      /^nameserver 192\.168\.1\.101\nsearch home\.arpa\noptions timeout:/m,
    );
    const unit = server === "bind9" ? "named" : server;
    t.deepEqual(at.active(), [unit]);
    const { changed } = await at.succeed(
      dnsForwarding({ ...args, server, resolvers: ["10.0.1.10", "10.0.3.10"] }),
    );
    t.is(changed.length, 1, `${changed}`);
    await at.succeed(step, "undo");
    t.deepEqual(at.snapshot(), before);
    t.deepEqual(at.active(), []);
  });
}

test("converging again changes nothing, whatever came before", async (t) => {
  t.timeout(240_000);
  const choice = fc.record({
    server: fc.constantFrom(...servers),
    resolvers: fc.constantFrom(["10.0.1.10"], ["10.0.1.10", "10.0.2.10"]),
    domains: fc.constantFrom(["us-east-1.amazonaws.com"], args.domains),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(choice, { minLength: 1, maxLength: 3 }), async (choices) => {
      const at = new Host();
      try {
        const before = at.snapshot();
        for (const chosen of choices) {
          const step = dnsForwarding({ ...args, ...chosen });
          await at.succeed(step);
          const after = at.snapshot();
          t.deepEqual((await at.succeed(step)).changed, []);
          t.deepEqual(at.snapshot(), after);
          t.is(at.active().length, 1);
        }
        await at.succeed(dnsForwarding(args), "undo");
        t.deepEqual(at.snapshot(), before);
      } finally {
        at.remove();
      }
    }),
    { numRuns: 6 },
  );
});

test("NetworkManager: it leaves /etc/resolv.conf alone, and its own list is where other names go", async (t) => {
  const generated = "# Generated by NetworkManager\nnameserver 192.168.1.1\n";
  const at = host(t, (at) => {
    at.write("/run/NetworkManager/resolv.conf", generated);
    at.write("/run/active/NetworkManager", "");
    at.write("/etc/NetworkManager/conf.d/home.conf", "");
    at.link("/etc/resolv.conf", "../run/NetworkManager/resolv.conf");
  });
  const before = at.snapshot();
  await at.succeed(dnsForwarding(args));
  t.is(
    at.read("/etc/NetworkManager/conf.d/90-ecs-anywhere-hybrid-dns.conf"),
    "[main]\ndns=none\nrc-manager=unmanaged\n",
  );
  t.regex(
    at.read("/etc/dnsmasq.d/ecs-anywhere-hybrid.conf"),
    /^resolv-file=\/run\/NetworkManager\/resolv\.conf$/m,
  );
  t.true(at.calls().includes("systemctl reload NetworkManager.service"));
  t.is(at.read("/run/NetworkManager/resolv.conf"), generated);
  await at.succeed(dnsForwarding(args), "undo");
  t.deepEqual(at.snapshot(), before);
  t.true(at.calls().includes("systemctl reload NetworkManager.service"));

  await at.succeed(dnsForwarding({ ...args, server: "unbound" }));
  t.regex(
    at.read("/etc/unbound/unbound.conf.d/ecs-anywhere-hybrid.conf"),
    /name: "\."\n {4}forward-addr: 192\.168\.1\.1$/m,
  );
});

test("dhcpcd, dhclient and openresolv leave /etc/resolv.conf alone", async (t) => {
  const at = host(t, (at) => {
    at.write("/etc/dhcpcd.conf", "interface eth0\n");
    at.write("/etc/dhcpcd.enter-hook", "echo theirs\n");
    at.write("/etc/dhcp/dhclient-enter-hooks.d/debug", "");
    at.write("/etc/resolvconf.conf", "resolv_conf=/etc/resolv.conf\n");
  });
  const before = at.snapshot();
  await at.succeed(dnsForwarding({ ...args, server: "unbound" }));
  t.regex(
    at.read("/etc/dhcpcd.enter-hook"),
    /^echo theirs\n# >>> .*\nskip_hooks="\$skip_hooks resolv\.conf"\n# <<< /,
  );
  t.is(at.read("/etc/dhcp/dhclient-enter-hooks.d/ecs-anywhere-hybrid"), "make_resolv_conf() { :; }\n");
  t.regex(at.read("/etc/resolvconf.conf"), /\nresolvconf=NO\n/);
  await at.succeed(dnsForwarding({ ...args, server: "unbound" }), "undo");
  t.deepEqual(at.snapshot(), before);
});

test("without a name server before, other names fail at once", async (t) => {
  for (const [server, path, line] of [
    ["dnsmasq", "/etc/dnsmasq.d/ecs-anywhere-hybrid.conf", /^no-resolv\n$/m],
    [
      "unbound",
      "/etc/unbound/unbound.conf.d/ecs-anywhere-hybrid.conf",
      /^ {4}forward-addr: 127\.0\.0\.1@9$/m,
    ],
    ["bind9", "/etc/bind/named.conf.options", /^ {2}forwarders \{ 127\.0\.0\.1 port 9; \};$/m],
  ] as const) {
    const at = host(t, (at) => at.write("/etc/resolv.conf", ""));
    await at.succeed(dnsForwarding({ ...args, server }));
    t.regex(at.read(path), line);
    t.deepEqual((await at.succeed(dnsForwarding({ ...args, server }))).changed, []);
  }
});

test("a server that ran on the host before keeps its own way for other names, and runs on after undo", async (t) => {
  const at = host(t, (at) => {
    at.write("/etc/resolv.conf", "nameserver 127.0.0.1\n");
    at.write("/run/active/dnsmasq", "");
  });
  await at.succeed(dnsForwarding(args));
  t.notRegex(at.read("/etc/dnsmasq.d/ecs-anywhere-hybrid.conf"), /no-resolv|^server=\d/m);
  await at.succeed(dnsForwarding(args), "undo");
  t.deepEqual(at.active(), ["dnsmasq"]);
  t.is(at.read("/etc/resolv.conf"), "nameserver 127.0.0.1\n");
});

test("a host of systemd-resolved wants that server", async (t) => {
  const stub = "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n";
  const at = host(t, (at) => at.write("/etc/resolv.conf", stub));
  const before = at.snapshot();
  t.regex(
    await at.refuse(dnsForwarding(args)),
    /site\.dns\.server: this host runs systemd-resolved: must be that server, .*; set site\.dns\.server: systemd-resolved/,
  );
  t.deepEqual(at.snapshot(), before);

  at.write("/run/active/docker", "");
  const step = dnsForwarding({ ...args, server: "systemd-resolved" });
  await at.succeed(step);
  t.is(at.calls().filter((call) => call === "systemctl restart docker.service").length, 1);
  at.write("/etc/resolv.conf", "by hand\n");
  await at.succeed(step);
  t.false(at.calls().includes("systemctl restart docker.service"), "once is enough");
  t.is(
    at.read("/etc/systemd/network/10-eth0.network.d/ecs-anywhere-hybrid-dns.conf").split("[Network]\n")[1],
    "Domains=~.\n",
  );
  await at.succeed(step, "undo");
  t.true(at.calls().includes("systemctl try-restart docker.service"));
});

test("systemd-resolved: what it cannot do is refused", async (t) => {
  const step = dnsForwarding({ ...args, server: "systemd-resolved" });
  const refuse = async (prepare: (at: Host) => void) => {
    const at = host(t, prepare);
    const before = at.snapshot();
    const stderr = await at.refuse(step);
    t.deepEqual(at.snapshot(), before);
    return stderr;
  };
  t.regex(
    await refuse((at) => at.write("/etc/systemd/resolved.conf.d/mine.conf", "[Resolve]\nDNS=9.9.9.9\n")),
    /DNS of systemd-resolved: 9\.9\.9\.9: must not be set: it would be asked for the domains too; set it for/,
  );
  t.regex(
    await refuse((at) => at.write("/etc/systemd/resolved.conf", "[Resolve]\nDNSSEC=yes\n")),
    /DNSSEC of systemd-resolved: yes: answers for us-east-1\.amazonaws\.com carry no signatures; name it in/,
  );
  t.regex(
    await refuse((at) => {
      at.write("/run/systemd/netif/links/2", "");
      at.write("/run/dhcpcd/eth0-4.pid", "1\n");
    }),
    /network: eth0 is configured by dhcpcd: must be systemd-networkd or NetworkManager/,
  );
  t.regex(
    await refuse((at) => at.fake("resolvectl", 'case "$*" in "domain eth0") echo "Link 2 (eth0):" ;; esac')),
    /domains of eth0: .*: must claim all other names, or they would go to the VPC too; with NetworkManager:/,
  );
});

test("who keeps /etc/resolv.conf or the port is named", async (t) => {
  const package_ = host(t, (at) => at.write("/etc/resolvconf/update.d/libc", ""));
  t.regex(
    await package_.refuse(dnsForwarding(args)),
    /resolv\.conf: kept by the package resolvconf: .*; remove/,
  );
  const taken = host(t, (at) =>
    at.fake("ss", `echo 'udp UNCONN 0 0 0.0.0.0:53 0.0.0.0:* users:(("pihole-FTL",pid=7,fd=4))'`),
  );
  t.regex(
    await taken.refuse(dnsForwarding(args)),
    /port 53: 0\.0\.0\.0:53 is taken by pihole-FTL: must be free for the node's own server; stop pihole-FTL, or/,
  );
});

test("BIND 9 on a node: options that a person wrote are not replaced", async (t) => {
  const at = host(t, (at) => at.fake("dpkg-query", 'echo " /etc/bind/named.conf.options 0123456789abcdef"'));
  const before = at.snapshot();
  t.regex(
    await at.refuse(dnsForwarding({ ...args, server: "bind9" })),
    /named\.conf\.options: changed by hand: must be as its package brought it: .*; say site\.dns at host/,
  );
  t.deepEqual(at.snapshot(), before);
});

test("BIND 9 as the site's server: one statement within a person's options, taken back byte by byte", async (t) => {
  const step = dnsForwarding({ ...args, server: "bind9", role: "site-server" });
  const own = "// mine\noptions {\n\tdnssec-validation auto;\n};";
  const at = host(t, (at) => {
    at.write("/run/active/named", "");
    at.write("/etc/bind/named.conf.options", own);
  });
  const before = at.snapshot();
  await at.succeed(step);
  t.is(
    at.read("/etc/bind/named.conf.options"),
    `// mine
options {
# >>> ecs-anywhere-hybrid dns-forwarding
validate-except { "us-east-1.amazonaws.com"; "us-east-1.api.aws"; };
# <<< ecs-anywhere-hybrid dns-forwarding
\tdnssec-validation auto;
};`,
  );
  t.deepEqual((await at.succeed(step)).changed, []);
  await at.succeed(step, "undo");
  t.deepEqual(at.snapshot(), before);

  at.write("/etc/bind/named.conf.options", 'options {\n\tvalidate-except { "home.arpa"; };\n};\n');
  t.regex(
    await at.refuse(step),
    /validate-except does not name us-east-1\.amazonaws\.com: answers are private addresses without signatures; add/,
  );
  at.write(
    "/etc/bind/named.conf.options",
    `options {\n\tvalidate-except { ${args.domains.map((name) => `"${name}";`).join(" ")} };\n};\n`,
  );
  t.false((await at.succeed(step)).changed.includes("/etc/bind/named.conf.options"));
  await at.succeed(step, "undo");
  at.write("/etc/bind/named.conf.options", "options\n{\n};\n");
  t.regex(
    await at.refuse(step),
    /no line 'options \{': must have one, for validate-except to be put below; write/,
  );
});

test("what a server's checker refuses is not put in place", async (t) => {
  for (const [server, checker] of [
    ["dnsmasq", "dnsmasq"],
    ["unbound", "unbound-checkconf"],
    ["bind9", "named-checkconf"],
    ["dnsmasq", "nft"],
  ] as const) {
    const at = host(t, (at) => at.fake(checker, "echo bad syntax >&2; exit 1"));
    const before = at.snapshot();
    t.regex(
      await at.refuse(dnsForwarding({ ...args, server })),
      new RegExp(`${checker}.*exit status 1.*\\nbad syntax`),
    );
    await at.succeed(dnsForwarding({ ...args, server }), "undo");
    t.deepEqual(at.snapshot(), before);
  }
});

test("an answer that is not the resolver's, and no answer, take the change back", async (t) => {
  for (const [answers, words] of [
    [
      "192.168.1.101 0 54.239.28.85\\n10.0.1.10 0 10.0.0.45\\n",
      /ecs\.us-east-1\.amazonaws\.com: 54\.239\.28\.85 by this host's server: must be 10\.0\.0\.45/,
    ],
    [
      "192.168.1.101 2 \\n",
      /no answer from the inbound resolver, 10\.0\.1\.10 10\.0\.2\.10: must answer on UDP port 53; look at the tunnels/,
    ],
    ["10.0.1.10 0 10.0.0.45\\n", /no answer from 192\.168\.1\.101: must be answered by this host's server/],
  ] as const) {
    const at = host(t, (at) => at.fake("perl", `printf '${answers}'`));
    const before = at.snapshot();
    t.regex(await at.refuse({ ...dnsForwarding(args), settleSeconds: 0 }), words);
    t.deepEqual(at.snapshot(), before);
    t.deepEqual(at.active(), []);
  }
  const noEndpoint = host(t, (at) =>
    at.fake("perl", "printf '192.168.1.101 0 54.239.28.85\\n10.0.1.10 0 54.239.28.1\\n'"),
  );
  await t.notThrowsAsync(noEndpoint.succeed(dnsForwarding(args)), "public addresses come in turns");
});

test("values that no server could take are refused", (t) => {
  const refused = (wrong: Partial<DnsForwardingArgs>) =>
    t.throws(() => dnsForwarding({ ...args, ...wrong }))?.message ?? "";
  t.regex(refused({ domains: [] }), /^domains: none: must be at least one; /);
  t.regex(refused({ resolvers: [] }), /^resolvers: none: must be at least one; /);
  t.regex(
    refused({ domains: ["amazonaws.com; drop"] }),
    /^domains: amazonaws\.com; drop: must be a DNS name/,
  );
  t.regex(refused({ resolvers: ["dns.example"] }), /^resolvers: dns\.example: must be an IPv4 address; /);
  t.throws(() => dnsSnippet({ ...args, resolvers: ["::1"] }), { message: /must be an IPv4 address/ });
});
