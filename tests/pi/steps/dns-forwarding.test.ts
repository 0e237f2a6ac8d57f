import test from "ava";
import fc from "fast-check";
import { dnsForwarding, dnsSnippet } from "../../../pi/steps/dns-forwarding.ts";
import { hasGoodScripts } from "../../support/shellcheck.ts";
import { args, Host, host, servers } from "./dns-forwarding/host.ts";

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
    # By itself it would ask a resolver that was silent for half a minute no more for a quarter of an hour.
    infra-host-ttl: 10
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
